"""The pages of the review queue, in the admin. Sync; Redis and actions across `async_to_sync`.

Opening an item claims it for a minute, and its page renews that. A decision leads to the next item
that nobody has. What was decided lately can be taken back from every page of the queue.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments.models import Comment, Hold, HoldStatus
from livecomments.accounts.models import User
from livecomments.errors import DomainError
from livecomments.ids import parse_id
from livecomments.legible import legible
from livecomments.protocol import REASON_MAX_LENGTH, Action, ErrorCode
from streams.admin_scope import acting_in
from streams.models import Stream
from streams.payloads import room_of

from . import claims, undoing
from .closing import close_appeal
from .decisions import CHOICES, DONE, HALF, TIME_OUT_SECONDS, Decision, HalfDone, decide
from .queue import PAGE_SIZE, Item, Kind, Place, find_item, read_place, waiting
from .reach import QUEUE, appeals_reach, queue_reach

STREAMS_OFFERED = 30  # in the filter; others are reached from an item of theirs
# Among so many that follow, the next one that nobody has is looked for.
LOOKED_AHEAD = 25
RENEWED_EVERY_SECONDS = 20
SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Button:
    """One decision on the page of an item. `tone`: yes, no or none."""

    decision: Decision
    label: str
    key: str
    tone: str = ""

    @property
    def value(self) -> str:
        """What the form sends."""
        return self.decision.value


_MINUTES = TIME_OUT_SECONDS // 60
_SANCTIONS = (
    Button(Decision.TIME_OUT, f"Remove and time out {_MINUTES} min", "t", "no"),
    Button(Decision.BAN, "Remove and ban", "b", "no"),
)
BUTTONS: Mapping[Kind, tuple[Button, ...]] = {
    Kind.HELD: (
        Button(Decision.APPROVE, "Approve", "a", "yes"),
        Button(Decision.REFUSE, "Refuse", "x", "no"),
        *_SANCTIONS,
    ),
    Kind.REPORTED: (
        Button(Decision.DISMISS, "Let it stand", "a", "yes"),
        Button(Decision.HIDE, "Hide", "h", "no"),
        *_SANCTIONS,
    ),
    Kind.APPEALED: (
        Button(Decision.GRANT, "Grant", "a", "yes"),
        Button(Decision.REJECT, "Reject", "x", "no"),
    ),
}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The list of what waits, oldest first."""
    user = _reviewer(request)
    filters = _filters(request)
    stream, kind = _chosen_stream(filters), _chosen_kind(filters)
    after = read_place(request.GET.get("after", ""))
    found = waiting(user, stream=stream, kind=kind, after=after, limit=PAGE_SIZE + 1)
    items = found[:PAGE_SIZE]
    standing = _standing(items)
    shown = [item for item in items if not _decided(standing, item)]
    names = _names(standing)
    rows = [
        {
            "item": item,
            "url": _url_of(item, filters),
            "claimed_by": names.get(_holder(standing, item)),
            "mine": _holder(standing, item) == user.pk,
        }
        for item in shown
    ]
    context = {
        "title": "Review queue",
        "rows": rows,
        "kinds": list(Kind),
        "streams": _offered(user),
        "kind": kind,
        "stream": stream,
        "after": after,
        "first_url": _queue_url(filters),
        "listed_held": [one for one in shown if one.kind is Kind.HELD],
        "more_url": _queue_url(filters | {"after": str(items[-1].place)})
        if len(found) > PAGE_SIZE
        else None,
    }
    return _render(request, "admin/review/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One item, claimed by being opened; or what was decided about it."""
    user = _reviewer(request)
    if kind not in list(Kind):
        raise Http404
    found = find_item(user, Kind(kind), number)
    if request.method == "POST":
        return _decided_answer(request, user, Kind(kind), number, found)
    if found is None or _is_decided(found):
        messages.info(request, _gone(Kind(kind), number))
        return HttpResponseRedirect(_queue_url(_filters(request)))
    return _render(request, "admin/review/item.html", _item_context(request, user, found))


def _item_context(request: HttpRequest, user: User, found: Item) -> dict[str, object]:
    holder = _claimed(found, user).user_id
    others = holder not in (None, user.pk)
    appeal = found.appeal
    about = None
    if appeal is not None and appeal.comment_id is not None:
        about = Comment.objects.filter(pk=appeal.comment_id).first()
    return {
        "title": "Review",
        "item": found,
        "person_url": _person_url(user, found.author_id),
        "about_comment": about.text if about else None,
        "buttons": BUTTONS[found.kind],
        "claimed_by": _names_of([holder]).get(holder, "Somebody") if others else None,
        "claim_url": reverse("review_claim", args=[found.kind.value, found.number]),
        "renew_seconds": RENEWED_EVERY_SECONDS,
        "reason_max": REASON_MAX_LENGTH,
        "queue_url": _queue_url(_filters(request)),
    }


@require_POST
def claim(request: HttpRequest, kind: str, number: int) -> JsonResponse:
    """Whether this item is still ours, after renewing the claim; asked by the open page."""
    user = _reviewer(request)
    found = find_item(user, Kind(kind), number) if kind in list(Kind) else None
    if found is None:
        return JsonResponse({"mine": False, "gone": True})
    try:
        standing = async_to_sync(claims.take)(*found.key, user_id=user.pk)
    except DomainError:
        return JsonResponse({"mine": True, "gone": False})  # unknown; deciding asks again
    mine = standing.user_id == user.pk
    by = None if mine else _names_of([standing.user_id]).get(standing.user_id)
    return JsonResponse({"mine": mine, "gone": standing.decided, "by": by})


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Takes back one of one's own last decisions."""
    user = _reviewer(request)
    step = undoing.find(request, request.POST.get("step", ""))
    if step is None:
        messages.error(request, "That can no longer be taken back here.")
        return HttpResponseRedirect(_queue_url(_filters(request)))
    stream = Stream.objects.filter(pk=step.stream_id).first()
    if stream is None:
        raise Http404
    actor = acting_in(stream, user, QUEUE)
    if _told(request, lambda: undoing.take_back(room_of(stream), actor=actor, step=step)):
        undoing.forget(request, step)
        messages.success(request, f"Taken back: {step.what}")
    return HttpResponseRedirect(_queue_url(_filters(request)))


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Approves or refuses the held comments that were listed, but for those somebody looks at."""
    user = _reviewer(request)
    choice = request.POST.get("decision", "")
    if choice not in (Decision.APPROVE, Decision.REFUSE):
        raise PermissionDenied
    numbers = [parse_id(text) for text in request.POST.getlist("held")[:PAGE_SIZE]]
    listed = [find_item(user, Kind.HELD, number) for number in numbers if number is not None]
    items = [one for one in listed if one is not None]
    standing = _standing(items)
    done = 0
    for one in items:
        if _holder(standing, one) in (None, user.pk) and not _decided(standing, one):
            done += _told(request, partial(_carry_out, request, user, one, Decision(choice), ""))
    if done == 0:
        messages.info(request, "Nothing of that waits for you any more.")
    return HttpResponseRedirect(_queue_url(_filters(request)))


def _gone(kind: Kind, number: int) -> str:
    """Why an item waits no longer."""
    if kind is Kind.HELD and Hold.objects.filter(pk=number, status=HoldStatus.EXPIRED).exists():
        return "Nobody decided in time: the comment was not shown."
    return "Somebody has decided about that already."


def _decided_answer(
    request: HttpRequest, user: User, kind: Kind, number: int, found: Item | None
) -> HttpResponse:
    """The way to the next item, after a decision or none."""
    filters = _filters(request)
    choice = request.POST.get("decision", "")
    if found is None:
        messages.info(request, _gone(kind, number))
        return HttpResponseRedirect(_queue_url(filters))
    if choice == SKIP:
        _told(request, lambda: async_to_sync(claims.release)(*found.key, user_id=user.pk))
        return HttpResponseRedirect(_next_url(user, found.place, filters))
    if choice not in CHOICES[found.kind]:
        raise PermissionDenied
    reason = legible(request.POST.get("reason", ""))[:REASON_MAX_LENGTH]
    if _told(request, lambda: _carry_out(request, user, found, Decision(choice), reason)):
        return HttpResponseRedirect(_next_url(user, found.place, filters))
    return HttpResponseRedirect(_url_of(found, filters))


def _carry_out(
    request: HttpRequest, user: User, found: Item, decision: Decision, reason: str
) -> None:
    """Does it and notes how to take it back. Raises `conflict` where somebody else has the item."""
    claim = async_to_sync(claims.take)(*found.key, user_id=user.pk)
    if claim.user_id != user.pk:
        raise DomainError(ErrorCode.CONFLICT)
    undo: tuple[Action, ...] = ()
    if found.appeal is not None:
        granted = decision is Decision.GRANT
        close_appeal(found.appeal, by=user, granted=granted, answer=reason)
    elif found.stream is not None:
        actor = acting_in(found.stream, user, QUEUE)
        try:
            undo = async_to_sync(decide)(
                room_of(found.stream), actor=actor, item=found, decision=decision, reason=reason
            )
        except HalfDone as half:
            only = f"{HALF[decision]}: {found.author_name}"
            undoing.remember(request, found, what=only, actions=half.undo)
            raise
    what = f"{DONE[decision]}: “{found.text[:60]}”"
    undoing.remember(request, found, what=what, actions=undo)
    messages.success(request, what)
    with suppress(DomainError):  # it is decided: at worst it is listed until its row has followed
        async_to_sync(claims.mark_decided)(*found.key)


# --- the way through the queue --------------------------------------------------------------------


def _next_url(user: User, place: Place, filters: dict[str, str]) -> str:
    """The next item that nobody has, from the start again after the last one; else the list."""
    stream, kind = _chosen_stream(filters), _chosen_kind(filters)
    for after in (place, None):
        ahead = waiting(user, stream=stream, kind=kind, after=after, limit=LOOKED_AHEAD)
        standing = _standing(ahead)
        for found in ahead:
            if found.key not in standing and found.place != place:
                return _url_of(found, filters)
    return _queue_url(filters)


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("stream", "kind") if request.GET.get(name)}


def _chosen_stream(filters: dict[str, str]) -> Stream | None:
    slug = filters.get("stream")
    if slug is None:
        return None
    # Postgres refuses to look for what no text can hold.
    found = Stream.objects.filter(slug=slug).first() if slug.isprintable() else None
    if found is None:
        raise Http404
    return found


def _chosen_kind(filters: dict[str, str]) -> Kind | None:
    kind = filters.get("kind")
    return Kind(kind) if kind in list(Kind) else None


def _offered(user: User) -> list[Stream]:
    """The newest streams that this person may decide in, for the filter."""
    rows = Stream.objects.order_by("-id")
    reaches = (queue_reach(user), appeals_reach(user))
    if not any(reach.everywhere for reach in reaches):
        rows = rows.filter(pk__in=reaches[0].streams | reaches[1].streams)
    return list(rows[:STREAMS_OFFERED])


def _queue_url(parameters: dict[str, str]) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return reverse("review_queue") + query


def _person_url(user: User, author_id: int) -> str | None:
    if not user.has_perm("accounts.view_user"):
        return None
    return reverse("admin:person", args=[author_id])


def _url_of(found: Item, filters: dict[str, str]) -> str:
    query = f"?{urlencode(filters)}" if filters else ""
    return reverse("review_item", args=[found.kind.value, found.number]) + query


# --- claims -----------------------------------------------------------------------------------

Standing = dict[tuple[str, int], claims.Claim]


def _standing(items: list[Item]) -> Standing:
    try:
        return async_to_sync(claims.standing)([item.key for item in items])
    except DomainError:
        return {}  # the list is worth showing without them


def _decided(standing: Standing, found: Item) -> bool:
    return standing.get(found.key, claims.Claim()).decided


def _is_decided(found: Item) -> bool:
    return _decided(_standing([found]), found)


def _holder(standing: Standing, found: Item) -> int | None:
    return standing.get(found.key, claims.Claim()).user_id


def _claimed(found: Item, user: User) -> claims.Claim:
    try:
        return async_to_sync(claims.take)(*found.key, user_id=user.pk)
    except DomainError:
        return claims.Claim()


def _names(standing: Standing) -> dict[int | None, str]:
    return _names_of([claim.user_id for claim in standing.values()])


def _names_of(user_ids: list[int | None]) -> dict[int | None, str]:
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "display_name"))


# --- answering ------------------------------------------------------------------------------------


def _reviewer(request: HttpRequest) -> User:
    """Who asks. Raises PermissionDenied for somebody who may decide nothing anywhere."""
    user = request.user
    if not isinstance(user, User) or not (queue_reach(user) or appeals_reach(user)):
        raise PermissionDenied
    return user


def _told(request: HttpRequest, work: Callable[[], object]) -> bool:
    """True when the work was done; a refusal becomes a message."""
    try:
        work()
    except DomainError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return False
    return True


def _render(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    shared = admin.site.each_context(request) | {"query": urlencode(_filters(request))}
    return render(request, template, {**shared, "undo_steps": undoing.steps(request), **context})
