"""The sweep's short way and its long one give every seat the same: all of it, once, in order."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecomments.gateway import feed as feeds
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.feed import Feed, Seat
from livecomments.gateway.frames import Prepared, PreparedFrame
from livecomments.protocol import Audience
from tests.rooms import ROOM
from tests.seats import fill, seat, sent, swept
from tests.wire import texts


@pytest.fixture
def feed():
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    return feed


class WireConnection:
    """The network edge as bytes: what the short and the long way write must be the same."""

    def __init__(self, *, deflates, may_be_ready):
        self.deflates = deflates
        self.direct = self if may_be_ready else None
        self.lags = False
        self.data = bytearray()
        self.aborted = False

    @property
    def ready(self):
        return not self.lags

    def write(self, data):
        self.data += data

    def send(self, message):
        self.write(message.deflated if self.deflates else message.wire)

    def buffered(self):
        return BUFFER_LIMIT_BYTES + 1 if self.lags else 0

    def abort(self):
        self.aborted = True


class Twins:
    """Two seats of one person at the same time: one may go the short way, one never does."""

    def __init__(self, feed, *, back, user, frames, deflates):
        self.feed = feed
        self.since = max(0, feed.top - back)
        self.user, self.frames = user, frames
        self.until = None
        self.seats = [
            Seat(WireConnection(deflates=deflates, may_be_ready=ready), user, self.since, frames)
            for ready in (True, False)
        ]
        for place in self.seats:
            feed.sit(place)

    def leave(self):
        if self.until is None:
            self.until = [place.seq for place in self.seats]
            for place in self.seats:
                self.feed.leave(place)

    def lag(self, lags):
        for place in self.seats:
            place.connection.lags = lags

    def got(self):
        return [texts(bytes(place.connection.data)) for place in self.seats]

    def due(self, history):
        """What each seat must have got: everything after its start, up to where it left."""
        return [
            [
                text
                for frame in history[self.since : until]
                for text in (
                    *([frame.payload.decode()] if self.frames else []),
                    *([frame.side[self.user].text] if self.user in frame.side else []),
                )
            ]
            for until in (self.until or [len(history)] * 2)
        ]


PEOPLE = [None, "7", "8"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sets(st.sampled_from(PEOPLE[1:])), st.booleans()),
        st.tuples(
            st.just("sit"),
            st.integers(0, 3),
            st.sampled_from(PEOPLE),
            st.booleans(),
            st.booleans(),
        ),
        st.tuples(st.just("leave"), st.integers(0, 9)),
        st.tuples(st.just("lag"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("turns"), st.integers(1, 4)),
        st.just(("look again",)),
    ),
    max_size=60,
)


async def play(steps):
    """Let a feed live through a story; returns its frames and everybody who sat there."""
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    history, people = [], []
    for what, *how in steps:
        match what:
            case "add":
                sides, long = how
                seq = len(history) + 1
                side = {user: Prepared(f"{seq} for {user}".encode()) for user in sorted(sides)}
                text = f"f{seq}" + " again" * (100 if long else 0)
                history.append(PreparedFrame(text.encode(), seq, side))
                assert feed.add(history[-1])
            case "sit":
                back, user, frames, deflates = how
                people.append(Twins(feed, back=back, user=user, frames=frames, deflates=deflates))
            case "turns":
                for _ in range(how[0]):
                    await asyncio.sleep(0)
            case "look again":
                feed.sweep_laggards()
            case _ if people:
                twins, *rest = people[how[0] % len(people)], *how[1:]
                getattr(twins, what)(*rest)
    for twins in people:
        twins.lag(False)
    await swept(feed)  # one under way may have passed by somebody who was behind
    feed.sweep()
    await swept(feed)
    return history, people


@settings(max_examples=150)
@given(STEPS)
def test_the_short_way_and_the_long_one_give_everybody_everything_once(steps):
    before, feeds.SWEEP_SLICE = feeds.SWEEP_SLICE, 3
    try:
        history, people = asyncio.run(play(steps))
    finally:
        feeds.SWEEP_SLICE = before

    for twins in people:
        assert twins.got() == twins.due(history)
        assert not any(place.connection.aborted for place in twins.seats)


async def test_whoever_is_one_behind_is_written_the_shared_bytes(feed, monkeypatch):
    """The short way is taken: without this, the test above would compare a thing with itself."""
    monkeypatch.setattr(Feed, "_deliver", lambda self, seat: None)
    connection = WireConnection(deflates=False, may_be_ready=True)
    feed.sit(Seat(connection, "7", 0))

    await fill(feed, 1)

    assert texts(bytes(connection.data)) == ["f1"]


async def test_those_who_deflate_share_one_deflated_frame(feed):
    written = []
    for _ in range(3):
        connection = WireConnection(deflates=True, may_be_ready=True)
        connection.write = written.append
        feed.sit(Seat(connection, None, 0))
    large = PreparedFrame(b"again " * 100, 1, {})

    feed.add(large)
    await swept(feed)

    assert len(written) == 3
    assert all(data is large.deflated for data in written)


async def test_those_who_are_as_far_behind_share_one_run(feed):
    places = [seat() for _ in range(3)]
    shared = []
    for place in places:
        place.connection.send = shared.append
        place.connection.waiting = BUFFER_LIMIT_BYTES + 1
        feed.sit(place)
    await fill(feed, 1, 2, 3)
    for place in places:
        place.connection.waiting = 0

    feed.sweep_laggards()
    await swept(feed)

    assert [part.seq for part in shared[0].parts] == [1, 2, 3]
    assert all(run is shared[0] for run in shared)
    assert len(shared) == 3


async def test_a_run_ends_where_the_feed_is_now(feed):
    await fill(feed, 1, 2)
    early, late = seat(), seat()
    feed.sit(early)

    await fill(feed, 3)
    feed.sit(late)

    assert (sent(early), sent(late)) == (["f1", "f2", "f3"], ["f1", "f2", "f3"])
    assert late.seq == 3
