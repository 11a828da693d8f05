"""What the REST views of all apps share: reading bodies, paging by id, answering. Sync.

Bodies are the same kind of frozen type as the messages of the socket, decoded as strictly: unknown
fields, wrong types and oversized bodies are refused. Errors leave as `DomainError`, which
`livecomments.api` turns into problem details.
"""

from dataclasses import dataclass
from typing import IO, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from livecomments.errors import DomainError
from livecomments.ids import parse_id
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, ErrorCode

PAGE_LIMIT = 50
PAGE_MAX_LIMIT = 200

Body = TypeVar("Body", bound=msgspec.Struct)


class TooLarge(APIException):
    status_code = 413
    default_detail = f"A request has at most {CLIENT_MESSAGE_MAX_BYTES} bytes."


class StrictJSONParser(BaseParser):
    """Reads no more of a body than a socket message may have."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The decoded body. Raises `bad_message`, or 413 for one that is too large."""
        raw = stream.read(CLIENT_MESSAGE_MAX_BYTES + 1)
        if len(raw) > CLIENT_MESSAGE_MAX_BYTES:
            raise TooLarge
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DomainError(ErrorCode.BAD_MESSAGE, "The body is not valid JSON.") from error


def parse_body(request: Request, kind: type[Body]) -> Body:
    """The body as `kind`. Raises `bad_message` where it does not fit exactly."""
    try:
        return msgspec.convert(request.data, kind)
    except msgspec.ValidationError as error:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"The body is not valid: {error}.") from error


def respond(content: msgspec.Struct, *, status: int = 200) -> Response:
    """An answer with this content, encoded as the socket would encode it."""
    return Response(msgspec.to_builtins(content), status=status)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list in id order is wanted; at most one of `before` and `after` is set."""

    before: int | None
    after: int | None
    limit: int


def parse_page(request: Request, *, other: frozenset[str] = frozenset()) -> PageRequest:
    """The page that the query asks for. Raises `bad_message` for anything unknown or odd.

    `other` names the query parameters that the view reads by itself.
    """
    unknown = set(request.query_params) - {"before", "after", "limit"} - other
    if unknown:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"There is no parameter {sorted(unknown)[0]!r}.")
    before, after = _id_parameter(request, "before"), _id_parameter(request, "after")
    if before is not None and after is not None:
        raise DomainError(ErrorCode.BAD_MESSAGE, "Give before or after, not both.")
    text = request.query_params.get("limit", str(PAGE_LIMIT))
    limit = parse_id(text)
    if limit is None or not 1 <= limit <= PAGE_MAX_LIMIT:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"limit must be from 1 to {PAGE_MAX_LIMIT}.")
    return PageRequest(before, after, limit)


def page_link(request: Request, **parameters: str | int) -> str:
    """The address of another page of the same list."""
    kept = {
        key: value for key, value in request.query_params.items() if key not in ("before", "after")
    }
    return request.build_absolute_uri(f"{request.path}?{urlencode({**kept, **parameters})}")


def _id_parameter(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    value = parse_id(text)
    if value is None:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"{name} must be an id.")
    return value
