"""What several tests of the kernel share."""

import picows
import pytest

from livecomments.client import outbox, session
from tests.unit.livecomments.fakeserver import FakeServer


@pytest.fixture
async def server(monkeypatch):
    """A server whose every word the test chooses; clients of it come back quickly."""
    monkeypatch.setattr(session, "RECONNECT_MIN_MS", 10)
    monkeypatch.setattr(outbox, "BUSY_MIN_SECONDS", 0.01)
    fake = FakeServer()
    listening = await picows.ws_create_server(fake.listen, "127.0.0.1", 0)
    fake.url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/ws/"
    yield fake
    listening.close()
    await listening.wait_closed()
