"""How often the HTTP entry points that are not posts may be used. Sync.

Counted by django-ratelimit in Redis; posts and reactions have the sliding windows of
`livecomments.limits` instead.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from django_ratelimit.core import get_usage

from livecomments.addresses import request_address
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

from .names import NAME_MAX_LENGTH, folded

P = ParamSpec("P")
# Marked only: the API says it in English, a page in its own language.
TOO_MANY_ATTEMPTS = gettext_noop("Too many attempts. Wait a little and try again.")

View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Key = Callable[[str, HttpRequest], str]


def by_address(group: str, request: HttpRequest) -> str:
    """Counts by the network a request comes from."""
    return request_address(request)


def by_user(group: str, request: HttpRequest) -> str:
    """Counts by the signed-in person."""
    return str(request.user.pk)


def by_name(group: str, request: HttpRequest) -> str:
    """Counts by the name typed: one password may be guessed at from many addresses."""
    # Stripped as the form strips it, or each space would be a name to guess at afresh.
    return folded(request.POST.get("username", "")).strip()[:NAME_MAX_LENGTH]


def count_request(request: HttpRequest, group: str, *, key: Key, rate: str) -> None:
    """Counts one use of `group`. Raises `rate_limited`, with the wait, above the rate."""
    usage = get_usage(request, group=group, key=key, rate=rate, increment=True)
    if usage is None or not usage["should_limit"]:
        return
    if usage["limit"] == 0:  # it could not count, so it must not let through
        raise DomainError(ErrorCode.UNAVAILABLE, retry_after_ms=2_000)
    raise DomainError(
        ErrorCode.RATE_LIMITED,
        TOO_MANY_ATTEMPTS,
        retry_after_ms=max(1, usage["time_left"]) * 1_000,
    )


def limited(group: str, *rates: tuple[Key, str]) -> Callable[[View[P]], View[P]]:
    """A view whose POSTs are counted: `limited("sign_in", (by_address, "60/m"))`."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                for key, rate in rates:
                    count_request(request, group, key=key, rate=rate)
            return view(request, *args, **kwargs)

        return counted

    return decorate
