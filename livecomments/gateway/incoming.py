"""What a client says, and where it says it from. Sync, pure apart from the settings."""

from typing import Any

import msgspec
from django.conf import settings

from livecomments import protocol
from livecomments.addresses import client_address
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

_decoder = msgspec.json.Decoder(protocol.ClientMessage)
_tag_decoder = msgspec.json.Decoder(dict[str, Any])
_TYPES = frozenset(message.__struct_config__.tag for message in protocol.ClientMessage.__args__)


def read_message(raw: str | bytes) -> Any:
    """Return the message in a text frame, of one of the types of `protocol.ClientMessage`.

    Raises `DomainError` for what is none. Our own server refuses a large frame before it is whole;
    other servers have limits of their own.
    """
    if len(raw) > protocol.CLIENT_MESSAGE_MAX_BYTES:
        raise DomainError(ErrorCode.BAD_MESSAGE, "The message is too large.")
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _malformed(raw, error) from error


def _malformed(raw: str | bytes, error: Exception) -> DomainError:
    """Return why a message cannot be read: an unknown type is told apart from a bad shape."""
    try:
        kind = _tag_decoder.decode(raw).get("type")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return DomainError(ErrorCode.BAD_MESSAGE, "The message is not a JSON object.")
    if not isinstance(kind, str) or kind not in _TYPES:
        return DomainError(ErrorCode.UNKNOWN_TYPE)
    return DomainError(ErrorCode.BAD_MESSAGE, str(error))


def ref_of(command: protocol.Message) -> str:
    """Return what an answer to a message refers to: the nonce of a post, else its type."""
    if isinstance(command, protocol.CommentPost):
        return command.nonce
    if isinstance(command, protocol.Act):
        return command.ref
    return str(command.__struct_config__.tag)


def address_of(scope: dict[str, Any]) -> str:
    """Return the address that a socket was opened from."""
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer = scope.get("client") or ("", 0)
    header = b",".join(forwarded).decode("latin-1") if forwarded else None
    return client_address(peer[0], header, settings.TRUSTED_PROXIES)
