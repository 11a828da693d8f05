"""REST entry points of comments. Sync; posting crosses to async once, at `post_comment`."""

import uuid
from http import HTTPStatus

from asgiref.sync import async_to_sync
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livecomments.accounts.models import Scope
from livecomments.accounts.permissions import signed_in
from livecomments.addresses import request_address
from livecomments.errors import DomainError
from livecomments.postgres.base import give_back
from livecomments.protocol import CommentAccepted, CommentHeld, ErrorCode
from livecomments.rest import PageRequest, page_link, parse_body, parse_page, respond
from streams.views import acting_identity, known_stream

from . import queries
from .domain import post_comment
from .serializers import CommentBody, CommentPage


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
        return respond(_page(request, known_stream(slug).id, page))

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


def _page(request: Request, stream_id: int, page: PageRequest) -> CommentPage:
    # One more than asked for tells whether the list goes on.
    if page.after is not None:
        found = queries.comments_after(stream_id, page.after, limit=page.limit + 1)
        results = found[: page.limit]
        newer, older = len(found) > page.limit, bool(results)
    else:
        found = queries.comments_before(stream_id, page.before, limit=page.limit + 1)
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
