"""Pages of streams: the lists, and a room in its three shapes. Sync.

A page of a room is a frame for its script, which does the rest from `boot`.
"""

from csp.constants import SELF
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from livecomments.accounts.models import User
from livecomments.accounts.suspension import told_suspension
from livecomments.ids import parse_id
from livecomments.protocol import StreamStatus

from . import payloads, queries
from .embedding import frame_ancestors
from .payloads import StreamFacts, View
from .queries import FRONT_STREAMS
from .views import with_viewers

CARDS = 24  # of a status on the home page, and on a page of its list
LIVE, SCHEDULED, ENDED = StreamStatus.LIVE, StreamStatus.SCHEDULED, StreamStatus.ENDED


# --- lists --------------------------------------------------------------------------------------


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The page that lists what is on, what comes and what was."""
    fronts = {status: queries.listed_streams(status) for status in StreamStatus}
    lists = {status.value: found[:CARDS] for status, found in fronts.items()}
    lists[LIVE.value] = with_viewers(lists[LIVE.value])
    counts = {status.value: _counted(found) for status, found in fronts.items()}
    more = {status.value: len(found) > CARDS for status, found in fronts.items()}
    return render(request, "streams/home.html", {**lists, "counts": counts, "more": more})


@require_safe
@never_cache
def listed(request: HttpRequest, status: StreamStatus) -> HttpResponse:
    """A page of the streams of one status, the newest first; `before`: only older ones."""
    before = _before(request)
    found = queries.listed_streams(status, before=before, limit=CARDS + 1)
    cards = found[:CARDS]
    context = {
        "status": status.value,
        "streams": with_viewers(cards) if status is LIVE else cards,
        "is_newest": before is None,
        "older": cards[-1].id if len(found) > CARDS else None,
    }
    return render(request, "streams/listed.html", context)


def _counted(found: list[StreamFacts]) -> str:
    """How many there are, as far as the front of the list tells."""
    return f"{FRONT_STREAMS}+" if len(found) == FRONT_STREAMS else str(len(found))


def _before(request: HttpRequest) -> int | None:
    """The id that the list goes on from. Raises Http404 for what is none."""
    text = request.GET.get("before")
    if text is None:
        return None
    before = parse_id(text)
    if before is None:
        raise Http404
    return before


# --- a room -------------------------------------------------------------------------------------


@require_safe
@never_cache
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """The video with the chat beside it."""
    facts = _known(slug)
    return _playing(_room_page(request, facts, View.WATCH), facts)


@require_safe
@never_cache
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """The chat alone, for a window of its own."""
    return _room_page(request, _known(slug), View.CHAT)


@require_safe
@never_cache
@xframe_options_exempt  # that header knows no list of sites: the policy decides alone
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The room for a frame of another site, if the stream allows that site; nobody is signed in.

    Who looks is not asked, cookie or not: what stands in a foreign page must neither tell who they
    are nor act in their name.
    """
    facts = _known(slug)
    boot = payloads.watch_boot(facts, user=AnonymousUser(), csrf_token="", view=View.EMBED)
    answer = render(request, "streams/embed.html", {"boot": boot})
    ancestors = frame_ancestors(facts.embed_sites)
    answer._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]  # of django-csp
    return _playing(answer, facts)


def _known(slug: str) -> StreamFacts:
    facts = queries.facts_by_slug(slug)
    if facts is None:
        raise Http404
    return facts


def _room_page(request: HttpRequest, facts: StreamFacts, view: View) -> HttpResponse:
    user = request.user
    suspension = told_suspension(user.pk) if isinstance(user, User) else None
    boot = payloads.watch_boot(
        facts, user=user, csrf_token=get_token(request), view=view, suspension=suspension
    )
    return render(request, f"streams/{view}.html", {"boot": boot})


def _playing(answer: HttpResponse, facts: StreamFacts) -> HttpResponse:
    """The answer, whose script may fetch the video."""
    if facts.playback_url:
        # HLS is fetched by script, playlist from one host and segments often from others.
        answer._csp_update = {"connect-src": [SELF, "https:"]}  # type: ignore[attr-defined]  # of django-csp
    return answer
