"""Signing in to the admin. Sync, ORM."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from .rights import may_enter

if TYPE_CHECKING:  # unfold carries no types
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
else:
    from unfold.forms import AuthenticationForm


class DeskSignInForm(AuthenticationForm):
    """Lets in whoever has work here, also those who only look after a stream."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Raises `ValidationError` for everybody else."""
        if not user.is_active:
            raise ValidationError("This account has been closed.", code="inactive")
        if not may_enter(user):
            raise ValidationError(
                "You look after no stream, so there is nothing for you here.", code="invalid_login"
            )
