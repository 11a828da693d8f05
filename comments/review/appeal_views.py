"""Appealing: on the page of one's own account, and over REST. Sync, ORM."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from comments.review.models import APPEAL_MAX_LENGTH, Appeal
from livecomments.accounts.models import Scope, User
from livecomments.accounts.permissions import signed_in
from livecomments.accounts.throttle import by_user, count_request, limited
from livecomments.errors import DomainError
from livecomments.ids import parse_id
from livecomments.protocol import ErrorCode
from livecomments.rest import parse_body, respond

from .appeals import About, Subject, decided_of, file_appeal, subjects_of

# Whoever writes to moderators has time to think; a page that is sent twice is not punished.
FILED_AT_MOST = "10/h"


class AppealBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An appeal to file. `id`: of the sanction, the suspension or the hidden comment."""

    about: About
    id: str
    text: str


class AppealFiled(msgspec.Struct, frozen=True):
    """One appeal. `answer` is what the moderator wrote; empty while it is open."""

    id: str
    text: str
    filed_at: int
    status: str
    answer: str


class AppealSubject(msgspec.Struct, frozen=True):
    """What may be appealed against, and the latest appeal about it. Times are Unix ms."""

    about: About
    id: str
    stream: str | None
    what: str
    reason: str
    since: int
    until: int | None
    may_appeal: bool
    appeal: AppealFiled | None


class AppealSubjects(msgspec.Struct, frozen=True):
    """Everything that stands against whoever asks, and can be appealed against."""

    results: list[AppealSubject]


class AppealList(APIView):
    """One's own appeals."""

    scopes = {"POST": (Scope.POST,)}

    @extend_schema(operation_id="appeals_list", responses=AppealSubjects)
    def get(self, request: Request) -> Response:
        """What one may appeal against."""
        user = signed_in(request)
        return respond(AppealSubjects(results=[_subject_of(one) for one in subjects_of(user)]))

    @extend_schema(operation_id="appeals_create", request=AppealBody, responses={201: AppealFiled})
    def post(self, request: Request) -> Response:
        """The appeal, which now waits for those who manage the room."""
        user = signed_in(request)
        body = parse_body(request, AppealBody)
        count_request(request._request, "appeals", key=by_user, rate=FILED_AT_MOST)
        number = parse_id(body.id)
        if number is None:
            raise DomainError(ErrorCode.BAD_MESSAGE, "id must be an id.")
        filed = file_appeal(user, about=body.about, number=number, text=body.text)
        return respond(_filed_of(filed), status=HTTPStatus.CREATED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("appeals", (by_user, FILED_AT_MOST))
def appeals(request: HttpRequest) -> HttpResponseBase:
    """What stands against somebody, what they may say about it, and what became of that."""
    user = request.user
    assert isinstance(user, User)
    problem = None
    if request.method == "POST":
        problem = _file(request, user)
        if problem is None:
            messages.success(request, gettext("Your appeal is on its way to the moderators."))
            return redirect("appeals")
    return _page(request, user, problem)


def _file(request: HttpRequest, user: User) -> DomainError | None:
    """What stands in the way of an appeal, if anything does."""
    about, number = request.POST.get("about", ""), parse_id(request.POST.get("id", ""))
    try:
        if about not in list(About) or number is None:
            raise DomainError(ErrorCode.NOT_FOUND)
        file_appeal(user, about=About(about), number=number, text=request.POST.get("text", ""))
    except DomainError as error:
        return error
    return None


def _page(request: HttpRequest, user: User, problem: DomainError | None) -> HttpResponse:
    context = {
        "here": "appeals",
        "subjects": subjects_of(user),
        "decided": decided_of(user),
        "max_length": APPEAL_MAX_LENGTH,
        "problem": problem.message if problem else None,
        "asked": (request.POST.get("about"), request.POST.get("id")),
        "text": request.POST.get("text", "")[: 4 * APPEAL_MAX_LENGTH],
    }
    status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "accounts/appeals.html", context, status=status)


def _subject_of(subject: Subject) -> AppealSubject:
    return AppealSubject(
        about=subject.about,
        id=str(subject.number),
        stream=None if subject.stream is None else subject.stream.slug,
        what=subject.what,
        reason=subject.reason,
        since=int(subject.since.timestamp() * 1000),
        until=None if subject.until is None else int(subject.until.timestamp() * 1000),
        may_appeal=subject.may_appeal,
        appeal=None if subject.last is None else _filed_of(subject.last),
    )


def _filed_of(row: Appeal) -> AppealFiled:
    return AppealFiled(
        id=str(row.pk),
        text=row.text,
        filed_at=int(row.filed_at.timestamp() * 1000),
        status=row.status,
        answer=row.answer,
    )
