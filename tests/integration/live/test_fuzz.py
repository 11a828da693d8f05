"""Nonsense on the socket and over HTTP: nobody but its sender notices (tests/hostile)."""

import re
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings

from livecomments.accounts.models import Scope
from livecomments.accounts.tokens import create_token
from livecomments.protocol import Error, Hello, Ping, Pong, Role
from tests.factories import ModeratorFactory, UserFactory
from tests.hostile.fuzz import Fuzzer
from tests.hostile.messages import MESSAGES, message_of
from tests.hostile.requests import Asker, addresses
from tests.sockets import stream_socket

FRAMES, REQUESTS = 1_500, 600


def openings(stage, other):
    """Hellos with which a conversation may begin: of nobody, a viewer, a moderator, a liar."""
    tickets = [None, stage.visitor(), stage.visitor(Role.MODERATOR), other.visitor()]
    return [
        msgspec.json.encode(Hello(version=1, stream=stage.slug, ticket=ticket))
        for ticket in tickets
    ]


def tracebacks(live):
    """How many tracebacks and unhandled errors the processes have logged."""
    logs = "".join(live.log(name) for name in live.processes)
    return len(re.findall(r"Traceback \(most|Unhandled|never retrieved|Fatal error", logs))


def test_nonsense_on_the_socket_is_refused_and_forgotten(server, live, stage, other_stage):
    before = tracebacks(live)
    fuzzer = Fuzzer(
        server,
        [stage.slug, other_stage.slug, "like", "k"],
        openings(stage, other_stage),
        is_daphne=server == live.daphne_url,
    )

    fuzzer.run(FRAMES)

    assert fuzzer.faults == []
    assert fuzzer.frames >= FRAMES
    assert fuzzer.ends[1000] > 20  # most got to the end
    assert {"bad_message", "unknown_type", "hello_expected"} <= set(fuzzer.refusals)
    assert tracebacks(live) == before


async def test_after_the_nonsense_the_room_is_as_it_was(server, stage, live):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        await author.ask(Ping(), Pong)
        answer = await author.post("all is well")
        assert not isinstance(answer, Error)
        await author.shows(answer.comment.id)


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_kind_of_message_is_tried(kind):
    """The strategies follow the protocol: none of its types is left to raw nonsense."""
    decoded = []

    @settings(max_examples=30, database=None, deadline=None)
    @given(message_of(kind, ["x"]))
    def make(message):
        with suppress(msgspec.ValidationError):
            decoded.append(msgspec.convert(message, kind))

    make()
    assert decoded


def test_requests_that_make_no_sense_are_refused(server, live, stage):
    before = tracebacks(live)
    user = UserFactory()
    ModeratorFactory(stream=stage.row, user=user)
    scopes = list(Scope)
    _, token = create_token(user, name="fuzz", scopes=scopes)
    asker = Asker(
        server,
        [stage.slug, "1", str(user.pk), "streams"],
        [token],
        is_daphne=server == live.daphne_url,
    )

    asker.run(REQUESTS)

    assert asker.faults == []
    assert {200, 400, 404, 405} <= set(asker.statuses)
    assert tracebacks(live) == before


def test_the_addresses_are_those_of_the_site():
    found = addresses()
    assert {"api/v1/streams/<slug:slug>/comments/", "accounts/sign-up/", "healthz"} <= set(found)
