"""What one said oneself, everywhere, and taking it back. Sync, ORM; Redis across `async_to_sync`.

Rows follow the log, so what was withdrawn a moment ago is asked of Redis.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comments import history
from comments.actions import act
from comments.models import Comment, Hold, HoldStatus, Status
from livecomments.accounts.models import User
from livecomments.addresses import request_address
from livecomments.errors import DomainError
from livecomments.ids import parse_id
from livecomments.postgres.base import give_back
from livecomments.protocol import ErrorCode, WithdrawComment
from livecomments.rest import PAGE_LIMIT
from streams import queries
from streams.payloads import identity_of, room_of

WAITING_SHOWN = 20  # they wait for minutes, and nobody may send that many meanwhile


@never_cache
@require_safe
@login_required
def own_comments(request: HttpRequest) -> HttpResponse:
    """A page of what somebody said, the newest first, above it what waits for a moderator."""
    user = request.user
    assert isinstance(user, User)
    before = _before(request)
    found = list(_said_by(user, before)[: PAGE_LIMIT + 1])
    rows = found[:PAGE_LIMIT]
    context = {
        "here": "comments",
        "waiting": _waiting(user) if before is None else [],
        "comments": _as_they_are(rows),
        "before": before,
        "is_newest": before is None,
        "older": rows[-1].pk if len(found) > PAGE_LIMIT else None,
    }
    return render(request, "accounts/comments.html", context)


@require_POST
@login_required
def withdraw(request: HttpRequest) -> HttpResponseBase:
    """Takes back one comment of one's own, and says how that went."""
    user = request.user
    assert isinstance(user, User)
    try:
        _withdraw(user, request.POST.get("stream", ""), request.POST.get("id", ""), request)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("Your comment is withdrawn. Nobody is shown it any more.")
        )
    before = parse_id(request.POST.get("before", ""))
    return redirect(
        reverse("own_comments") + (f"?{urlencode({'before': before})}" if before else "")
    )


def _withdraw(user: User, slug: str, number: str, request: HttpRequest) -> None:
    facts = queries.facts_by_slug(slug)
    if facts is None or parse_id(number) is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    actor = identity_of(user, facts, role=queries.role_in(facts, user))
    give_back()  # what follows waits for Redis
    where = f"page {request_address(request)}"
    async_to_sync(act)(facts.room, actor=actor, action=WithdrawComment(id=number), where=where)


def _before(request: HttpRequest) -> int | None:
    """The id that the list goes on from. Raises Http404 for what is none."""
    text = request.GET.get("before")
    before = None if text is None else parse_id(text)
    if text is not None and before is None:
        raise Http404
    return before


def _said_by(user: User, before: int | None) -> QuerySet[Comment]:
    rows = Comment.objects.filter(author=user).select_related("stream").order_by("-id")
    return rows if before is None else rows.filter(id__lt=before)


def _waiting(user: User) -> list[Hold]:
    rows = Hold.objects.filter(author=user, status=HoldStatus.OPEN).select_related("stream")
    return list(rows.order_by("-number")[:WAITING_SHOWN])


def _as_they_are(rows: Sequence[Comment]) -> list[Comment]:
    """The comments, also those withdrawn that the archive has not come to yet."""
    asked = [(room_of(row.stream), row.pk) for row in rows if row.status != Status.WITHDRAWN]
    lately = async_to_sync(history.withdrawn_among)(asked)
    for row in rows:
        if row.pk in lately:
            row.status = Status.WITHDRAWN
    return list(rows)
