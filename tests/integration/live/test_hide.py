"""A moderator's hide reaches a hundred sockets soon, and is gone everywhere: tests/load/hide.py."""

from livecomments.protocol import Role
from tests.load.hide import measure

SOCKETS, HIDES = 100, 3
GENEROUS_MS = 5_000  # the bar is a second, for a thousand sockets on a machine of their own


async def test_m1_a_hide_reaches_every_socket_and_leaves_nothing(live, stage):
    found = await measure(
        live.url,
        stage.slug,
        moderator=stage.visitor(Role.MODERATOR),
        author=stage.visitor(Role.MODERATOR),
        sockets=SOCKETS,
        hides=HIDES,
    )

    assert found.faults == []
    assert len(found.times) == SOCKETS * HIDES
    assert len(found.slowest) == HIDES
    assert found.worst < GENEROUS_MS
