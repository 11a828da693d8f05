"""REST entry points of reactions. Sync; reacting crosses to async once, at `react`."""

from http import HTTPStatus

from asgiref.sync import async_to_sync
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livecomments.accounts.models import Scope
from livecomments.accounts.permissions import signed_in
from livecomments.rest import parse_body, respond
from streams.views import acting_identity, known_stream

from . import queries
from .domain import react
from .serializers import ReactionBody, ReactionTotals


class ReactionList(APIView):
    """The reactions to one stream."""

    scopes = {"POST": (Scope.REACT,)}

    @extend_schema(operation_id="reactions_read", responses=ReactionTotals)
    def get(self, request: Request, slug: str) -> Response:
        """The totals, as far as the archive has come (a few seconds behind)."""
        return respond(ReactionTotals(queries.totals_of(known_stream(slug).id)))

    @extend_schema(operation_id="reactions_create", request=ReactionBody, responses={202: None})
    def post(self, request: Request, slug: str) -> Response:
        """Nothing; the presses are shown within the next half second."""
        user = signed_in(request)
        body = parse_body(request, ReactionBody)
        facts = known_stream(slug)
        async_to_sync(react)(
            facts.room,
            user=acting_identity(request, user, facts),
            kind=body.kind,
            count=body.count,
        )
        return Response(status=HTTPStatus.ACCEPTED)
