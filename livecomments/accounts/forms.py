"""Forms of the account pages. Sync, ORM."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from .domain import end_tickets
from .models import User
from .names import NAME_MAX_LENGTH, cleaned_name, folded

if TYPE_CHECKING:  # generic only to the type checker
    UserCreationForm = BaseUserCreationForm[User]
    PasswordForm = SetPasswordForm[User]
else:
    UserCreationForm = BaseUserCreationForm
    PasswordForm = SetPasswordForm

NAME_TAKEN = "Somebody already has this name."


class SignUpForm(UserCreationForm):
    """Makes a person of a display name, an e-mail address and a password."""

    display_name = forms.CharField(
        label="Name",
        max_length=NAME_MAX_LENGTH,
        strip=False,  # `cleaned_name` strips, after it has refused what must not be hidden
        help_text="Everyone sees it beside what you say. You sign in with it.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="Only for setting a new password.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    class Meta:
        model = User
        fields = ("display_name", "email")

    def clean_display_name(self) -> str:
        """The name in its clean form, if nobody has it in any capitals."""
        name = cleaned_name(self.cleaned_data["display_name"])
        alike = Q(display_name__iexact=name) | Q(username=folded(name))
        if User.objects.filter(alike).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def _post_clean(self) -> None:
        # The password is compared with the name, so the user name must be there by then.
        self.instance.username = folded(self.cleaned_data.get("display_name", ""))
        super()._post_clean()  # type: ignore[misc]


class SignInForm(AuthenticationForm):
    """Asks for the name, which is matched in any capitals."""

    error_messages = {
        "invalid_login": "This name and password do not go together.",
        "inactive": "This account has been closed.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = "Name"


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
