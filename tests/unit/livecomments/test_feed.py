"""Seats take what follows and nothing else; who lags is caught up, and cut when that is over."""

import asyncio

import pytest

from livecomments.gateway import feed as feeds
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.feed import Feed, Seat, in_slices
from livecomments.protocol import Audience
from tests.rooms import ROOM
from tests.seats import FakeConnection, fill, frame, seat, sent, swept


@pytest.fixture
def feed():
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    return feed


async def test_only_the_next_frame_is_taken(feed):
    await fill(feed, 1, 2)

    assert [feed.add(frame(seq)) for seq in (2, 1, 4, 0)] == [False] * 4
    assert feed.top == 2
    assert feed.add(frame(3))
    await swept(feed)


async def test_everybody_gets_every_frame_once_and_in_order(feed):
    seats = [seat() for _ in range(3)]
    for place in seats:
        feed.sit(place)

    for seq in range(1, 6):
        feed.add(frame(seq))
        await asyncio.sleep(0)
    await swept(feed)

    assert [sent(place) for place in seats] == [["f1", "f2", "f3", "f4", "f5"]] * 3
    assert {place.seq for place in seats} == {5}


async def test_a_newcomer_gets_what_came_after_its_snapshot(feed):
    await fill(feed, 1, 2, 3, 4)
    place = seat(2)

    feed.sit(place)
    await fill(feed, 5)

    assert sent(place) == ["f3", "f4", "f5"]


async def test_a_seat_ahead_of_the_feed_waits_for_what_follows_it(feed):
    await fill(feed, 1)
    place = seat(3)
    feed.sit(place)

    await fill(feed, 2, 3)
    assert sent(place) == []
    await fill(feed, 4)
    assert sent(place) == ["f4"]


async def test_who_has_left_gets_nothing(feed):
    place = seat()
    feed.sit(place)
    feed.leave(place)
    feed.leave(place)

    await fill(feed, 1)

    assert sent(place) == []


async def test_who_leaves_during_a_sweep_gets_nothing_more(feed, monkeypatch):
    monkeypatch.setattr(feeds, "SWEEP_SLICE", 1)
    one, other = seat(), seat()
    feed.sit(one)
    feed.sit(other)
    feed.add(frame(1))
    await asyncio.sleep(0)

    feed.leave(other)
    await swept(feed)

    assert (sent(one), sent(other)) == (["f1"], [])


async def test_a_frame_that_comes_during_a_sweep_reaches_all(feed, monkeypatch):
    monkeypatch.setattr(feeds, "SWEEP_SLICE", 1)
    seats = [seat() for _ in range(4)]
    for place in seats:
        feed.sit(place)
    feed.add(frame(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sent(seats[0]) == ["f1"]

    feed.add(frame(2))
    await swept(feed)

    assert [sent(place) for place in seats] == [["f1", "f2"]] * 4


async def test_what_concerns_one_person_follows_its_frame(feed):
    ana, bo, nobody = seat(user="7"), seat(user="8"), seat()
    for place in (ana, bo, nobody):
        feed.sit(place)

    feed.add(frame(1, u7="for ana"))
    feed.add(frame(2))
    await swept(feed)

    assert sent(ana) == ["f1", "for ana", "f2"]
    assert sent(bo) == sent(nobody) == ["f1", "f2"]


async def test_a_seat_without_frames_gets_only_what_concerns_its_person(feed):
    place = seat(user="7", frames=False)
    feed.sit(place)

    feed.add(frame(1))
    feed.add(frame(2, u7="for ana"))
    await swept(feed)

    assert (sent(place), place.seq) == (["for ana"], 2)


# --- the ring ------------------------------------------------------------------------------------


async def test_since_is_exactly_what_was_missed(feed):
    await fill(feed, 1, 2, 3)

    found = {seq: feed.since(seq) for seq in range(-1, 5)}

    assert {seq: frames and [item.seq for item in frames] for seq, frames in found.items()} == {
        -1: None,
        0: [1, 2, 3],
        1: [2, 3],
        2: [3],
        3: [],
        4: None,
    }


async def test_since_knows_nothing_before_the_ring(feed):
    feed.start("epoch", 10)
    assert (feed.base, feed.since(10), feed.since(9)) == (10, [], None)
    await fill(feed, 11)

    assert feed.base == 10
    assert [item.seq for item in feed.since(10)] == [11]
    assert feed.since(9) is None


async def test_the_ring_is_bounded(feed):
    await fill(feed, *range(1, feeds.RING_FRAMES + 11))

    assert feed.base == 10
    assert feed.since(9) is None
    assert len(feed.since(10)) == feeds.RING_FRAMES


async def test_start_forgets_everything(feed):
    place = seat()
    feed.sit(place)
    await fill(feed, 1, 2)

    feed.start("another", 7)
    await fill(feed, 8)

    assert (feed.epoch, feed.top, feed.base, feed.seats) == ("another", 8, 7, {})
    assert sent(place) == ["f1", "f2"]


# --- slow readers --------------------------------------------------------------------------------


async def test_a_laggard_is_left_behind_and_caught_up(feed):
    slow, quick = seat(), seat()
    feed.sit(slow)
    feed.sit(quick)
    slow.connection.waiting = BUFFER_LIMIT_BYTES + 1
    await fill(feed, 1, 2, 3)
    assert (sent(slow), sent(quick)) == ([], ["f1", "f2", "f3"])

    slow.connection.waiting = BUFFER_LIMIT_BYTES
    feed.sweep_laggards()
    await swept(feed)

    assert sent(slow) == ["f1", "f2", "f3"]
    assert slow.lagging_since == 0.0
    assert slow.connection.aborted == 0


async def test_nobody_is_looked_at_again_when_nobody_lags(feed):
    feed.sit(seat())
    await fill(feed, 1)

    feed.sweep_laggards()

    assert feed._sweep is None


async def test_a_reader_that_stays_behind_is_cut(feed):
    place = seat()
    feed.sit(place)
    place.connection.waiting = BUFFER_LIMIT_BYTES + 1
    await fill(feed, 1)
    feed.sweep_laggards()
    await swept(feed)
    assert place.connection.aborted == 0, "not at once"

    place.lagging_since -= feeds.LAG_SECONDS
    feed.sweep_laggards()
    await swept(feed)

    assert place.connection.aborted == 1
    assert sent(place) == []


async def test_a_reader_that_the_ring_has_left_behind_is_cut(feed):
    place = seat()
    feed.sit(place)
    place.connection.waiting = BUFFER_LIMIT_BYTES + 1
    await fill(feed, *range(1, feeds.RING_FRAMES + 2))

    place.connection.waiting = 0
    feed.sweep_laggards()
    await swept(feed)

    assert place.connection.aborted == 1
    assert sent(place) == [], "a gap is never sent"


async def test_in_slices_lets_others_run_between():
    visited, seen = [], []

    async def watch():
        while len(visited) < 1_200:
            seen.append(len(visited))
            await asyncio.sleep(0)

    await asyncio.gather(in_slices(list(range(1_200)), visited.append), watch())

    assert visited == list(range(1_200))
    assert seen == [500, 1_000]


# --- how long a frame needs ----------------------------------------------------------------------


class Times:
    """A steady clock that says what it is told."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


class SlowConnection(FakeConnection):
    """One to which a write takes a while."""

    def __init__(self, times, seconds):
        super().__init__()
        self.times, self.seconds = times, seconds

    def write(self, data):
        self.times.now += self.seconds
        super().write(data)


async def test_work_is_what_sweeps_take_and_lag_what_viewers_wait(feed, monkeypatch):
    times = Times()
    monkeypatch.setattr(feeds, "time", times)
    monkeypatch.setattr(feeds, "SWEEP_SLICE", 2)
    for _ in range(3):
        feed.sit(Seat(SlowConnection(times, 0.01), None, 0))

    for seq, busy in enumerate((0.0, 9.0, 0.2), 1):
        feed.add(frame(seq))
        times.now += busy  # with something else, before the sweep has its turn
        await swept(feed)

    sweeps = feed.take_sweeps()
    assert sweeps.work == pytest.approx(0.03)
    assert sweeps.lag == pytest.approx(0.23)
    assert sweeps.total_work == pytest.approx(0.09)
    assert feed.take_sweeps() == feeds.Sweeps(), "and begins anew"


async def test_a_few_seats_are_served_at_once(feed):
    places = [seat() for _ in range(3)]
    for place in places:
        feed.sit(place)

    feed.add(frame(1))

    assert [sent(place) for place in places] == [["f1"]] * 3
    assert feed.take_sweeps().total_work > 0


async def test_a_feed_that_nobody_watches_has_no_lag(feed):
    await fill(feed, 1, 2)

    assert feed.take_sweeps() == feeds.Sweeps()
