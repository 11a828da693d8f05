"""What a token may be used for. Sync, pure.

Reading is open to everybody. Views name the scopes that their other methods need; a session has
all of them, a token those it was made with.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

from .models import ApiToken, Scope, User


class TokenScope(BasePermission):
    """Looks up the `scopes` of the view: method → scopes that are all needed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or raises `forbidden` naming the scope that is missing."""
        needed: dict[str, tuple[Scope, ...]] = getattr(view, "scopes", {})
        for scope in needed.get(request.method or "", (Scope.READ,)):
            if not has_scope(request, scope):
                raise DomainError(
                    ErrorCode.FORBIDDEN, f"This token does not have the scope {scope.value!r}."
                )
        return True


def has_scope(request: Request, scope: Scope) -> bool:
    """True without a token, and for a token that was made with this scope."""
    return not isinstance(request.auth, ApiToken) or scope.value in request.auth.scopes


def signed_in(request: Request) -> User:
    """The person a request speaks for. Raises `sign_in_required`."""
    user: User | AnonymousUser = request.user
    if not isinstance(user, User):
        raise DomainError(ErrorCode.SIGN_IN_REQUIRED)
    return user
