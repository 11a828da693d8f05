"""REST entry points of streams. Sync; Redis is asked across one `async_to_sync` each.

The pages are in `streams.pages`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livecomments import tickets
from livecomments.accounts.models import Scope, User
from livecomments.accounts.permissions import has_scope, signed_in
from livecomments.accounts.throttle import by_user, count_request
from livecomments.errors import DomainError
from livecomments.ids import MAX_ID, first_id_at
from livecomments.protocol import ErrorCode, Role, StreamStatus, You
from livecomments.redisdb import RedisError
from livecomments.rest import page_link, parse_body, parse_page, respond

from . import live, payloads, queries, serializers
from .payloads import StreamFacts

SANCTIONS_LISTED = 200


class StreamList(APIView):
    """Streams, newest first."""

    @extend_schema(
        operation_id="streams_list",
        parameters=[
            OpenApiParameter("status", enum=[status.value for status in StreamStatus]),
            OpenApiParameter("before", description="Only streams older than this id."),
            OpenApiParameter("limit", int, description="1 to 200, otherwise 50."),
        ],
        responses=serializers.StreamPage,
    )
    def get(self, request: Request) -> Response:
        """One page of streams, of one status if it is given."""
        page = parse_page(request, other=frozenset({"status"}))
        if page.after is not None:
            raise DomainError(ErrorCode.BAD_MESSAGE, "This list goes one way: use before.")
        found = queries.listed_streams(
            _status_parameter(request), before=page.before, limit=page.limit
        )
        following = None
        if len(found) == page.limit:
            following = page_link(request, before=found[-1].id)
        results = [
            serializers.summary_of(facts, url=_page_of(request, facts))
            for facts in with_viewers(found)
        ]
        return respond(serializers.StreamPage(results=results, next=following))


class StreamView(APIView):
    """One stream."""

    @extend_schema(operation_id="streams_read", responses=serializers.StreamDetail)
    def get(self, request: Request, slug: str) -> Response:
        """The stream with the state of its room."""
        stream = queries.stream_by_slug(slug)
        if stream is None:
            raise DomainError(ErrorCode.UNKNOWN_STREAM)
        [facts] = with_viewers([payloads.facts_of(stream)])
        detail = serializers.detail_of(
            facts, url=_page_of(request, facts), room=payloads.room_state(stream)
        )
        return respond(detail)


class TicketView(APIView):
    """Tickets for the WebSocket."""

    # A ticket lets its holder do all of this, so a token must allow all of it.
    scopes = {"POST": (Scope.POST, Scope.REACT)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Notes the time before it is checked who asks: no ticket is newer than its check, so a
        revocation after the end of a session also ends what that session was still asking for."""
        self.asked_ms = tickets.now_ms()
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="ticket_create", request=None, responses=serializers.TicketIssued)
    def post(self, request: Request, slug: str) -> Response:
        """A ticket for one stream, in the name of whoever asks."""
        user = signed_in(request)
        if request.content_type.startswith("application/json"):
            parse_body(request, serializers.TicketBody)
        # A page asks once per visit, a bot once per stream; renewals go over the socket.
        count_request(request._request, "ticket", key=by_user, rate="60/m")
        facts = known_stream(slug)
        identity = acting_identity(request, user, facts)
        ticket, expires_at = tickets.mint(identity, facts.room, now=self.asked_ms)
        you = You(
            id=str(user.pk), name=identity.name, role=identity.role, ticket_expires_at=expires_at
        )
        return respond(serializers.TicketIssued(ticket=ticket, expires_at=expires_at, you=you))


def known_stream(slug: str) -> StreamFacts:
    """The facts of a stream that a request names. Raises `unknown_stream`."""
    facts = queries.facts_by_slug(slug)
    if facts is None:
        raise DomainError(ErrorCode.UNKNOWN_STREAM)
    return facts


def acting_identity(request: Request, user: User, facts: StreamFacts) -> tickets.Identity:
    """The person as a request may act: staff only where a token was made to moderate."""
    role = queries.role_in(facts, user) if has_scope(request, Scope.MODERATE) else Role.VIEWER
    return payloads.identity_of(user, facts, role=role)


def shown_upto(request: Request, facts: StreamFacts) -> int | None:
    """The id from which on viewers are not shown comments yet; None where they see all there are.

    A moderator delay keeps the newest from them, here as on the page.
    """
    user = request.user
    if isinstance(user, User) and acting_identity(request, user, facts).is_staff:
        return None
    try:
        shown = async_to_sync(live.shown_through)(facts.room)
    except RedisError:
        shown = None
    if shown is not None:
        return None if shown == MAX_ID else shown + 1
    if facts.delay == 0:
        return None
    return first_id_at(tickets.now_ms() - facts.delay * 1000, facts.partition)


class SanctionList(APIView):
    """Who is timed out or banned in one stream; for its staff."""

    scopes = {"GET": (Scope.MODERATE,)}

    @extend_schema(operation_id="sanctions_list", responses=serializers.SanctionPage)
    def get(self, request: Request, slug: str) -> Response:
        """The sanctions that hold at this moment, the newest first."""
        facts = known_stream(slug)
        if not acting_identity(request, signed_in(request), facts).is_staff:
            raise DomainError(ErrorCode.FORBIDDEN)
        rows = queries.standing_sanctions(facts.id).select_related("user", "placed_by")
        newest = rows.order_by("-log_id")[:SANCTIONS_LISTED]
        return respond(
            serializers.SanctionPage(results=[serializers.sanction_of(row) for row in newest])
        )


def with_viewers(found: Sequence[StreamFacts]) -> list[StreamFacts]:
    """The same streams with how many watch each now."""
    counts = async_to_sync(live.viewer_counts)([facts.room for facts in found])
    return [
        msgspec.structs.replace(facts, viewers=viewers)
        for facts, viewers in zip(found, counts, strict=True)
    ]


def _status_parameter(request: Request) -> StreamStatus | None:
    text = request.query_params.get("status")
    if text is None:
        return None
    try:
        return StreamStatus(text)
    except ValueError:
        raise DomainError(
            ErrorCode.BAD_MESSAGE, f"status is one of {', '.join(StreamStatus)}."
        ) from None


def _page_of(request: Request, facts: StreamFacts) -> str:
    return request.build_absolute_uri(reverse("watch", args=[facts.slug]))
