"""Pages for what goes wrong outside of the API's own views, and what every page forbids. Sync.

People get a plain page, programs under /api/ get problem details; both without a traceback. The
pages for a broken server are rendered without the request, so that they ask nothing of Postgres.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from livecomments.api import STATUS, away, problem_headers, problem_of, problem_page
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

logger = logging.getLogger(__name__)

# Nothing here films, listens, locates or charges; a script that got into a page must not either.
PERMISSIONS_POLICY = (
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(),"
    " serial=(), usb=()"
)


class PermissionsPolicyMiddleware:
    """Says in every answer what no page may ask of its browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return answer


class UnavailableMiddleware:
    """Turns a refusal, or a database that is away, into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """The page for an error of a view, or None to let Django report it."""
        refusal = error if isinstance(error, DomainError) else away(error)
        if refusal is None:
            return None
        logger.warning("%s %s: %s", request.method, request.path, error)
        return refusal_page(request, refusal)


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponseBase:
    """The page, or the problem details, that tell of a refusal."""
    if _is_api(request):
        return problem_page(refusal)
    status = STATUS[refusal.code]
    template = {404: "404.html", 429: "429.html", 503: "503.html"}.get(status, "403.html")
    return HttpResponse(
        render_to_string(template, {"message": refusal.message}),
        status=status,
        headers=problem_headers(problem_of(refusal)),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The answer to a request that Django itself refuses."""
    if _is_api(request):
        return problem_page(DomainError(ErrorCode.BAD_MESSAGE))
    return HttpResponse(render_to_string("403.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The page for what somebody may not do."""
    if _is_api(request):
        return problem_page(DomainError(ErrorCode.FORBIDDEN))
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The page for a form without its token."""
    return forbidden(request, PermissionError(reason))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The page for an address that leads nowhere."""
    if _is_api(request):
        return problem_page(DomainError(ErrorCode.NOT_FOUND))
    return HttpResponse(render_to_string("404.html"), status=404)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The page for a mistake of ours."""
    if _is_api(request):
        return problem_page(DomainError(ErrorCode.INTERNAL))
    return HttpResponse(render_to_string("500.html"), status=500)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
