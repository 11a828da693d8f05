"""Fields in the admin's own look. Sync.

unfold dresses the fields that come from a model; those that a form declares itself would look like
the browser's.
"""

from typing import Any, TypeVar

from django import forms
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

Form = TypeVar("Form", bound=forms.BaseForm)

# The first that fits counts.
LOOKS: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.HiddenInput, []),
    (forms.CheckboxInput, CHECKBOX_CLASSES),
    (forms.RadioSelect, []),
    (forms.Select, SELECT_CLASSES),
    (forms.Textarea, TEXTAREA_CLASSES),
    (forms.widgets.Input, INPUT_CLASSES),
)


def styled(form: type[Form]) -> type[Form]:
    """A form class whose fields look like the others of the admin."""
    return type(
        form.__name__, (form,), {"__init__": _dressing(form), "__module__": form.__module__}
    )


def dress(fields: dict[str, forms.Field]) -> None:
    """Gives the widgets of these fields their classes."""
    for field in fields.values():
        look = next((classes for kind, classes in LOOKS if isinstance(field.widget, kind)), [])
        if look and "class" not in field.widget.attrs:
            field.widget.attrs["class"] = " ".join(look)


def _dressing(form: type[forms.BaseForm]) -> Any:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        form.__init__(self, *args, **kwargs)
        dress(self.fields)

    return init
