"""REST entry points of comments. Sync; posting crosses to async once, at `post_comment`."""

import uuid
from http import HTTPStatus

from asgiref.sync import async_to_sync
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livecomments.accounts.models import Scope
from livecomments.accounts.permissions import has_scope, signed_in
from livecomments.addresses import request_address
from livecomments.errors import DomainError
from livecomments.postgres.base import give_back
from livecomments.protocol import CommentAccepted, CommentHeld, ErrorCode
from livecomments.rest import PageRequest, page_link, parse_body, parse_page, respond
from streams.payloads import StreamFacts
from streams.views import acting_identity, known_stream, shown_upto

from . import queries
from .actions import act
from .domain import post_comment
from .serializers import (
    ActionBody,
    ActionTaken,
    CommentBody,
    CommentPage,
    ReportedComment,
    ReportedPage,
)

REPORTED_LISTED = 100


class CommentList(APIView):
    """The comments of one stream."""

    scopes = {"POST": (Scope.POST,)}

    @extend_schema(
        operation_id="comments_list",
        parameters=[
            OpenApiParameter("before", description="The comments just before this id."),
            OpenApiParameter("after", description="The comments just after this id."),
            OpenApiParameter("limit", int, description="1 to 200, otherwise 50."),
        ],
        responses=CommentPage,
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of the visible comments; without a cursor, the newest."""
        page = parse_page(request)
        return respond(_page(request, known_stream(slug), page))

    @extend_schema(
        operation_id="comments_create",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                location=OpenApiParameter.HEADER,
                description="Stands for `nonce` in the body.",
            )
        ],
        request=CommentBody,
        responses={201: CommentAccepted, 202: CommentHeld},
    )
    def post(self, request: Request, slug: str) -> Response:
        """The comment as it will be shown (201), or its hold (202)."""
        user = signed_in(request)
        body = parse_body(request, CommentBody)
        facts = known_stream(slug)
        author = acting_identity(request, user, facts)
        give_back()
        answer = async_to_sync(post_comment)(
            facts.room,
            author=author,
            address=request_address(request._request),
            nonce=_nonce_of(request, body),
            text=body.text,
            reply_to=body.reply_to,
        )
        held = isinstance(answer, CommentHeld)
        return respond(answer, status=HTTPStatus.ACCEPTED if held else HTTPStatus.CREATED)


class ActionList(APIView):
    """What is done in one stream: by moderators, and by viewers to their own and to report."""

    # The scope is checked by what the token makes of its owner: without it, a viewer.
    scopes = {"POST": ()}

    @extend_schema(operation_id="actions_create", request=ActionBody, responses=ActionTaken)
    def post(self, request: Request, slug: str) -> Response:
        """The action as it stands in the log, with what takes it back."""
        user = signed_in(request)
        body = parse_body(request, ActionBody)
        if not has_scope(request, Scope.POST) and not has_scope(request, Scope.MODERATE):
            raise DomainError(
                ErrorCode.FORBIDDEN, "This token has neither the scope 'post' nor 'moderate'."
            )
        facts = known_stream(slug)
        actor = acting_identity(request, user, facts)
        give_back()
        where = f"api {request_address(request._request)}"
        taken = async_to_sync(act)(facts.room, actor=actor, action=body.action, where=where)
        return respond(ActionTaken(id=str(taken.id), undo=taken.undo))


class ReportList(APIView):
    """What viewers reported in one stream; for its staff."""

    scopes = {"GET": (Scope.MODERATE,)}

    @extend_schema(operation_id="reports_list", responses=ReportedPage)
    def get(self, request: Request, slug: str) -> Response:
        """The comments still shown that nobody has decided on."""
        facts = known_stream(slug)
        if not acting_identity(request, signed_in(request), facts).is_staff:
            raise DomainError(ErrorCode.FORBIDDEN)
        found = queries.reported_comments(facts.id, limit=REPORTED_LISTED)
        return respond(ReportedPage(results=[ReportedComment(*one) for one in found]))


def _page(request: Request, facts: StreamFacts, page: PageRequest) -> CommentPage:
    # One more than asked for tells whether the list goes on.
    upto = shown_upto(request, facts)
    if page.after is not None:
        found = queries.comments_after(facts.id, page.after, limit=page.limit + 1, upto=upto)
        results = found[: page.limit]
        newer, older = len(found) > page.limit, bool(results)
    else:
        before = page.before if upto is None else min(page.before or upto, upto)
        found = queries.comments_before(facts.id, before, limit=page.limit + 1)
        results = found[-page.limit :]
        newer, older = page.before is not None and bool(results), len(found) > page.limit
    return CommentPage(
        results=results,
        next=page_link(request, after=results[-1].id) if newer else None,
        previous=page_link(request, before=results[0].id) if older else None,
    )


def _nonce_of(request: Request, body: CommentBody) -> str:
    header = request.headers.get("Idempotency-Key")
    given = {key for key in (header, body.nonce) if key is not None}
    if len(given) > 1:
        raise DomainError(ErrorCode.BAD_MESSAGE, "nonce and Idempotency-Key differ.")
    return given.pop() if given else uuid.uuid4().hex
