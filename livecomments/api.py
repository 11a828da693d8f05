"""How the REST API answers what goes wrong, and how it describes its types. Sync.

Every refusal leaves as problem details (RFC 9457) with the same stable `code` as on the socket;
the one table from code to HTTP status is here.
"""

import logging
import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_WHEN_AWAY_MS = 2_000  # a restarted database is back about then

STATUS: dict[ErrorCode, int] = {
    ErrorCode.BAD_MESSAGE: 400,
    ErrorCode.UNKNOWN_TYPE: 400,
    ErrorCode.UNSUPPORTED_VERSION: 400,
    ErrorCode.HELLO_EXPECTED: 400,
    ErrorCode.ALREADY_JOINED: 409,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.UNKNOWN_STREAM: 404,
    ErrorCode.UNKNOWN_COMMENT: 404,
    ErrorCode.SIGN_IN_REQUIRED: 401,
    ErrorCode.TICKET_INVALID: 401,
    ErrorCode.TICKET_EXPIRED: 401,
    ErrorCode.TICKET_REVOKED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.PROTECTED: 403,
    ErrorCode.CONFLICT: 409,
    ErrorCode.TIMED_OUT: 403,
    ErrorCode.BANNED: 403,
    ErrorCode.ACCOUNT_TOO_NEW: 403,
    ErrorCode.ROOM_CLOSED: 409,
    ErrorCode.STREAM_NOT_LIVE: 409,
    ErrorCode.SLOW_MODE: 429,
    ErrorCode.EMPTY: 422,
    ErrorCode.TOO_LONG: 422,
    ErrorCode.NOT_TEXT: 422,
    ErrorCode.LINKS_NOT_ALLOWED: 403,
    ErrorCode.RULE_BROKEN: 403,
    ErrorCode.IDENTICAL_TEXT: 409,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.ADDRESS_LIMITED: 429,
    ErrorCode.STREAM_LIMITED: 429,
    ErrorCode.TOO_MANY_PENDING: 429,
    ErrorCode.NONCE_REUSED: 409,
    ErrorCode.BUSY: 503,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Problem details as they are sent; `code` is what programs should look at."""

    title: str
    status: int
    detail: str
    code: ErrorCode
    type: str = msgspec.field(default_factory=lambda: "about:blank")
    retry_after_ms: int | None = None


def problem_of(error: DomainError, *, status: int | None = None) -> Problem:
    """What a refusal looks like; `status` where HTTP has a better one than the table."""
    found = STATUS[error.code] if status is None else status
    return Problem(
        title=HTTPStatus(found).phrase,
        status=found,
        detail=error.message,
        code=error.code,
        retry_after_ms=error.retry_after_ms,
    )


def problem_headers(problem: Problem) -> dict[str, str]:
    """`Retry-After` in whole seconds, rounded up, where waiting helps."""
    if problem.retry_after_ms is None:
        return {}
    return {"Retry-After": str(math.ceil(problem.retry_after_ms / 1000))}


def problem_page(error: DomainError, *, status: int | None = None) -> JsonResponse:
    """Problem details for what goes wrong outside of a DRF view."""
    problem = problem_of(error, status=status)
    return JsonResponse(
        msgspec.to_builtins(problem),
        status=problem.status,
        headers=problem_headers(problem),
        content_type=PROBLEM_TYPE,
    )


def problem_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Problem details for whatever a view raised; nothing unexpected shows its insides."""
    status = error.status_code if isinstance(error, exceptions.APIException) else None
    problem = problem_of(_refusal(error), status=status)
    headers = problem_headers(problem)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("unexpected error in the API", exc_info=error)
    return Response(
        msgspec.to_builtins(problem),
        status=problem.status,
        headers=headers,
        content_type=PROBLEM_TYPE,
    )


def away(error: Exception) -> DomainError | None:
    """The refusal for a database or Redis that does not answer; None for any other error."""
    if isinstance(error, OperationalError | InterfaceError | RedisError):
        return DomainError(ErrorCode.UNAVAILABLE, retry_after_ms=RETRY_WHEN_AWAY_MS)
    return None


def _refusal(error: Exception) -> DomainError:
    match error:
        case DomainError():
            return error
        case Http404() | exceptions.NotFound():
            return DomainError(ErrorCode.NOT_FOUND)
        case exceptions.NotAuthenticated():
            return DomainError(ErrorCode.SIGN_IN_REQUIRED)
        case exceptions.AuthenticationFailed():
            return DomainError(ErrorCode.SIGN_IN_REQUIRED, str(error.detail))
        case PermissionDenied() | exceptions.PermissionDenied():
            return DomainError(ErrorCode.FORBIDDEN)
        case exceptions.APIException():
            return DomainError(ErrorCode.BAD_MESSAGE, str(error.detail))
        case _:
            return away(error) or DomainError(ErrorCode.INTERNAL)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular types in part
    """Describes how a program says who it is."""

    target_class = "livecomments.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token in the header."""
        return {"type": "http", "scheme": "bearer"}


class StructSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # drf-spectacular types in part
    """Describes our frozen types in the OpenAPI document as they are, parts included."""

    target_class = msgspec.Struct
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """The name of the type in the document."""
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The JSON schema of the type; the types it is made of are registered beside it."""
        (schema,), parts = msgspec.json.schema_components(
            (self.target,), ref_template="#/components/schemas/{name}"
        )
        name = self.target.__name__
        for part in parts:
            if part != name:
                _register(auto_schema, part, parts[part])
        whole: dict[str, Any] = parts.get(name, schema)
        return whole


def _register(auto_schema: AutoSchema, name: str, described: dict[str, Any]) -> None:
    # A part here may be an answer by itself elsewhere: both must stand for the same type.
    part = next((one for one in _structs(msgspec.Struct) if one.__name__ == name), name)
    component = ResolvedComponent(  # type: ignore[no-untyped-call]  # drf-spectacular types in part
        name=name, type=ResolvedComponent.SCHEMA, schema=described, object=part
    )
    auto_schema.registry.register_on_missing(component)


def _structs(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from _structs(struct)


def describe_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """The OpenAPI document with problem details as the answer that every operation may give."""
    reference = "#/components/schemas/{name}"
    _, parts = msgspec.json.schema_components((Problem,), ref_template=reference)
    result.setdefault("components", {}).setdefault("schemas", {}).update(parts)
    schema = {"$ref": reference.format(name=Problem.__name__)}
    answer = {
        "description": "A refusal, or something that went wrong.",
        "content": {PROBLEM_TYPE: {"schema": schema}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = answer
    return result
