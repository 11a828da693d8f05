"""Who a request of a program speaks for: `Authorization: Bearer <token>`. Sync, ORM."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from livecomments.postgres.base import give_back

from .models import ApiToken, User
from .tokens import find_token, note_use

TOKEN_MAX_LENGTH = 100


class TokenAuthentication(BaseAuthentication):
    """Knows programs by their API token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The owner and the token; None without the header. Raises AuthenticationFailed."""
        scheme, _, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = None
        if text.isascii() and len(text) <= TOKEN_MAX_LENGTH:
            token = find_token(text.decode().strip())
        if token is None:
            raise AuthenticationFailed("This token is not valid.")
        note_use(token)
        give_back()  # what follows may wait for Redis
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        return 'Bearer realm="api"'
