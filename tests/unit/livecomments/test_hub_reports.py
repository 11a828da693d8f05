"""What a web process says of its pace: its own work, or what viewers wait for once it is full."""

import pytest

from livecomments.gateway import hub as hubs
from livecomments.gateway.feed import Sweeps
from livecomments.gateway.hub import Hub


class Room:
    def __init__(self, sweeps):
        self.sweeps = sweeps
        self.reported = None

    def take_sweeps(self):
        return self.sweeps

    async def report_viewers(self, *, lag_seconds):
        self.reported = lag_seconds


class Times:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.mark.parametrize(("total_work", "reported"), [(0.7, 0.04), (0.8, 0.3)])
async def test_lag_counts_only_where_sweeps_fill_the_time(monkeypatch, total_work, reported):
    times = Times()
    monkeypatch.setattr(hubs, "time", times)
    hub = Hub()
    rooms = [Room(Sweeps(total_work, work=0.04, lag=0.3)), Room(Sweeps(total_work, 0.04, 0.3))]
    hub.rooms = dict(enumerate(rooms))
    times.now += 2.0

    await hub._report_viewers()

    assert [room.reported for room in rooms] == [reported, reported]
