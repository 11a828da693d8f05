"""Forms of the admin. Sync, ORM."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from livecomments.accounts.models import User
from livecomments.accounts.names import NAME_MAX_LENGTH
from livecomments.adminsite.search import people_called
from livecomments.adminsite.widgets import dress
from livecomments.protocol import SanctionKind

from .embedding import MAX_EMBED_SITES, clean_sites
from .models import Moderator, Sanction, Stream

if TYPE_CHECKING:  # generic only to the type checker
    ModeratorModelForm = forms.ModelForm[Moderator]
    SanctionModelForm = forms.ModelForm[Sanction]
    StreamModelForm = forms.ModelForm[Stream]
else:
    ModeratorModelForm = SanctionModelForm = StreamModelForm = forms.ModelForm

TIMEOUT_PRESETS = (
    (10, "10 seconds"),
    (60, "1 minute"),
    (300, "5 minutes"),
    (600, "10 minutes"),
    (1_800, "30 minutes"),
    (86_400, "24 hours"),
    (7 * 86_400, "7 days"),
    (14 * 86_400, "14 days"),
)


class PersonField(forms.CharField):
    """Somebody by the whole name that stands beside what they say, in any capitals.

    Whoever looks after a room names people by what they see of them: the list of people is not
    theirs to open.
    """

    default_error_messages = {
        "nobody": "Nobody here is called “%(name)s”. Write the whole name as it stands beside what "
        "they say.",
        "several": "More than one person is called “%(name)s”. Ask them to change their name.",
        "closed": "The account of %(name)s has been closed.",
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", NAME_MAX_LENGTH)
        options.setdefault("help_text", "The whole name, in any capitals.")
        super().__init__(**options)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def prepare_value(self, value: Any) -> Any:
        """The name of who is in the row already."""
        return value.display_name if isinstance(value, User) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """True when another name was written than that of who is in the row."""
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        """The person. Raises ValidationError where nobody, or not one person, is called so."""
        if isinstance(value, User):
            return value
        name = super().clean(value)
        found = User.objects.in_bulk(people_called(name)) if name else {}
        exact = [user for user in found.values() if user.display_name == name]
        people = exact if len(exact) == 1 else list(found.values())
        if len(people) != 1:
            wrong = "several" if people else "nobody"
            raise ValidationError(self.error_messages[wrong], code=wrong, params={"name": name})
        if not people[0].is_active:
            raise ValidationError(
                self.error_messages["closed"], code="closed", params={"name": people[0]}
            )
        return people[0]


class SitesField(forms.CharField):
    """Sites, one a line, in their one spelling."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The lines of what is stored; what was typed stays as it is."""
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """True when other sites were written."""
        return self._lines(self.prepare_value(initial)) != self._lines(data)

    def clean(self, value: Any) -> Any:
        """The sites. Raises ValidationError where a line is none."""
        return clean_sites(self._lines(super().clean(value)))

    def _lines(self, value: Any) -> list[str]:
        return str(value or "").split("\n")


class StreamForm(StreamModelForm):
    """What is edited of a stream; the sites, which a row keeps as a list, one a line."""

    embed_sites = SitesField(
        required=False,
        label="Sites that may embed it",
        help_text="One a line, such as https://example.com or https://*.example.com; at most "
        f"{MAX_EMBED_SITES}. They may show the comments in a frame. Empty: nobody may.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    class Meta:
        model = Stream
        fields = ("embed_sites",)  # the admin adds the others

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)


class SanctionForm(SanctionModelForm):
    """Whom, where, and for how long."""

    user = PersonField(label="Person")
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)


class ModeratorForm(ModeratorModelForm):
    """Who moderates, and whether they also manage."""

    user = PersonField(label="Name")

    class Meta:
        model = Moderator
        fields = ("user", "managing")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)
        if self.instance.pk is not None and "user" in self.fields:
            self.initial["user"] = self.instance.user
            self.fields["user"].disabled = True  # another person is another row

    def clean_user(self) -> User:
        """The person. Raises ValidationError for the broadcaster, whose room it is anyway."""
        user: User = self.cleaned_data["user"]
        stream = self.instance.stream if self.instance.stream_id else None
        if stream is not None and stream.broadcaster_id == user.pk:
            raise ValidationError(f"{user} is the broadcaster.")
        return user
