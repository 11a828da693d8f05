"""Forms of the account pages. Sync, ORM."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AuthenticationForm,
    BaseUserCreationForm,
    PasswordResetForm,
    SetPasswordForm,
    UserChangeForm,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .domain import end_tickets, end_tickets_of
from .models import User
from .names import NAME_MAX_LENGTH, OFFICES, cleaned_name, folded, looks_like_any
from .queries import is_name_taken, names_of_office

if TYPE_CHECKING:  # generic only to the type checker
    UserCreationForm = BaseUserCreationForm[User]
    PasswordForm = SetPasswordForm[User]
    ProfileForm = UserChangeForm[User]
    AdminPasswordForm = AdminPasswordChangeForm[User]
else:
    UserCreationForm = BaseUserCreationForm
    PasswordForm = SetPasswordForm
    ProfileForm = UserChangeForm
    AdminPasswordForm = AdminPasswordChangeForm

NAME_TAKEN = _("Somebody already has this name.")
NAME_ALIKE = _("This name could be taken for that of somebody who looks after this place.")


def free_name(text: str, *, besides: int | None = None) -> str:
    """The name in its clean form. Raises ValidationError where it is no name, is taken, or would
    pass for that of staff or a broadcaster; what the person `besides` has does not count."""
    name = cleaned_name(text)
    if is_name_taken(name, besides=besides):
        raise ValidationError(NAME_TAKEN)
    if looks_like_any(name, [*OFFICES, *names_of_office(besides=besides)]):
        raise ValidationError(NAME_ALIKE)
    return name


class SignUpForm(UserCreationForm):
    """Makes a person of a display name, an e-mail address and a password."""

    display_name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX_LENGTH,
        strip=False,  # `cleaned_name` strips, after it has refused what must not be hidden
        help_text=_("Everyone sees it beside what you say. You sign in with it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Only for setting a new password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    class Meta:
        model = User
        fields = ("display_name", "email")

    def clean_display_name(self) -> str:
        """The name in its clean form, if it is free and nobody else's by its looks."""
        return free_name(self.cleaned_data["display_name"])

    def _post_clean(self) -> None:
        # The password is compared with the name, so the user name must be there by then.
        self.instance.username = folded(self.cleaned_data.get("display_name", ""))
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out


class ResetForm(PasswordResetForm):
    """Asks for the address as signing up did."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = SignUpForm.base_fields["email"].label


class NameForm(forms.Form):
    """Another name for somebody who is here already."""

    display_name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX_LENGTH,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"display_name": user.display_name}
        self.user = user

    def clean_display_name(self) -> str:
        """The name in its clean form, by the rules of signing up."""
        return free_name(self.cleaned_data["display_name"], besides=self.user.pk)


class PersonForm(ProfileForm):
    """A person as the house sees them; a new name is checked like that of somebody new.

    Whoever changes the standing means it to stay, whatever the record says.
    """

    class Meta:
        model = User
        fields = "__all__"
        help_texts = {
            "standing_by_hand": "Ticks itself when the standing is changed here. Ticked, the "
            "standing stays as it is; otherwise the record decides, and looks again whenever the "
            "person says something."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.fields:
            # The record may have changed it while the page was open; that is no change by hand.
            told = self.add_initial_prefix("standing") in self.data
            self.fields["standing"].show_hidden_initial = told or not self.is_bound

    def clean(self) -> dict[str, Any]:
        """Keeps a standing that was changed, and takes none from a page that is out of date."""
        super().clean()
        if "standing" not in self.changed_data:
            self.cleaned_data["standing"] = self.instance.standing
        elif "standing_by_hand" not in self.changed_data:
            self.cleaned_data["standing_by_hand"] = True
        return self.cleaned_data

    def clean_display_name(self) -> str:
        """The name in its clean form. What somebody has had all along stays theirs."""
        name: str = self.cleaned_data["display_name"]
        if "display_name" not in self.changed_data:
            return name
        return free_name(name, besides=self.instance.pk)


class SignInForm(AuthenticationForm):
    """Asks for the name, which is matched in any capitals."""

    error_messages = {
        "invalid_login": _("This name and password do not go together."),
        "inactive": _("This account has been closed."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        self.fields["username"].label = _("Name")


class NewPasswordForm(PasswordForm):
    """Sets a new password, which ends what the old one opened."""

    def save(self, commit: bool = True) -> User:
        """The person, whose sessions and tickets are over. Raises `busy` and changes nothing."""
        with transaction.atomic():
            user = super().save(commit=commit)
            end_tickets(user.pk)
        # Again: until the commit, the old session could still ask for a fresh ticket.
        end_tickets(user.pk)
        return user


class GivenPasswordForm(AdminPasswordForm):
    """Sets a password for somebody else, which ends what the old one opened."""

    def save(self, commit: bool = True) -> User:
        """The person, whose sessions and tickets are over. Raises `busy` and changes nothing."""
        with transaction.atomic():
            user = super().save(commit=commit)
            end_tickets_of([user.pk])
        return user
