"""Forms of the admin. Sync, ORM."""

from typing import TYPE_CHECKING, Any

from django import forms

from livecomments.protocol import SanctionKind

from .models import Moderator, Sanction

if TYPE_CHECKING:  # generic only to the type checker
    ModeratorModelForm = forms.ModelForm[Moderator]
    SanctionModelForm = forms.ModelForm[Sanction]
else:
    ModeratorModelForm = SanctionModelForm = forms.ModelForm

TIMEOUT_PRESETS = (
    (10, "10 seconds"),
    (60, "1 minute"),
    (300, "5 minutes"),
    (600, "10 minutes"),
    (1_800, "30 minutes"),
    (86_400, "24 hours"),
)


class SanctionForm(SanctionModelForm):
    """Whom, where, and for how long."""

    kind = forms.ChoiceField(
        choices=[(SanctionKind.TIMEOUT.value, "Time-out"), (SanctionKind.BAN.value, "Ban")]
    )
    seconds = forms.TypedChoiceField(
        label="Length of a time-out",
        choices=TIMEOUT_PRESETS,
        coerce=int,
        initial=600,
    )

    class Meta:
        model = Sanction
        fields = ("stream", "user", "kind", "seconds", "reason")


class ModeratorForm(ModeratorModelForm):
    """Who moderates, and whether they also manage."""

    class Meta:
        model = Moderator
        fields = ("user", "managing")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "user" in self.fields:
            self.fields["user"].disabled = True  # another person is another row
