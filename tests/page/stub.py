"""`python -m tests.page.stub --port N`: the watch page with nothing behind it. Async around sync.

The page, its headers and its files come from the product itself, with all of its middleware; only
what would ask a database is answered from here. `/s/visitor/` is the room as a visitor has it,
`/s/reader/` as somebody who is signed in. `/stage/` is the way in for the harness.
"""

import argparse
import asyncio
import os
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs

# Nobody listens there: a page that began to need a server would say so by failing.
os.environ |= {
    "SECRET_KEY": "not-a-secret-only-for-a-stub",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DJANGO_SETTINGS_MODULE": "livecomments.settings",
}

import django
from django.conf import settings

# Files were compressed when they were built; the page itself nginx would compress.
settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
settings.MIDDLEWARE.append("tests.page.stub.sign_in")
django.setup()

import msgspec  # noqa: E402 -- after setup
import uvicorn  # noqa: E402 -- after setup
from django.utils import timezone  # noqa: E402 -- after setup

from comments.serializers import CommentPage  # noqa: E402 -- after setup
from livecomments.accounts.models import User  # noqa: E402 -- after setup
from livecomments.accounts.templatetags import places  # noqa: E402 -- after setup
from livecomments.protocol import Person, StreamStatus  # noqa: E402 -- after setup
from livecomments.webthreads import Handler  # noqa: E402 -- after setup
from streams import pages as room_pages  # noqa: E402 -- after setup
from streams import payloads, queries  # noqa: E402 -- after setup
from streams.models import Stream  # noqa: E402 -- after setup

from .chatter import PARTITION  # noqa: E402 -- after setup
from .room import Show, StubRoom  # noqa: E402 -- after setup

HOST = "127.0.0.1"
VISITOR, READER = "visitor", "reader"
PAGE = 50
NOW = timezone.now()
BROADCASTER = User(pk=1, username="host", display_name="Harbour Radio")
SIGNED_IN = User(
    pk=100_001, username="reader", display_name="Robin", date_joined=NOW - timedelta(days=90)
)


def stream_of(slug: str) -> Stream:
    """Return the row that a database would have."""
    return Stream(
        pk=1,
        slug=slug,
        title="Harbour lights, all night long",
        description="The boats come in, the lamps go on, and whoever is awake talks about it.",
        broadcaster=BROADCASTER,
        partition=PARTITION,
        status=StreamStatus.LIVE.value,
        started_at=NOW - timedelta(hours=1),
        pace=0,
    )


def sign_in(get_response):
    """Middleware, the last: tells the views who asks."""

    def answer(request):
        if f"/{READER}/" in request.path:
            request.user = SIGNED_IN
        return get_response(request)

    return answer


queries.facts_by_slug = lambda slug: payloads.facts_of(stream_of(slug))
room_pages.told_suspension = lambda user_id: None
places.places_of = lambda request: []

room = StubRoom(
    payloads.room_state(stream_of(VISITOR)), Person(id=str(SIGNED_IN.pk), name=str(SIGNED_IN))
)
pages = Handler()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "websocket":
        await _take_socket(receive, send)
    elif scope["path"].startswith("/stage/"):
        await _answer(send, _stage(scope))
    elif scope["path"].endswith("/ticket/"):
        await _answer(send, room.ticket())
    elif scope["path"].endswith("/comments/"):
        await _answer(send, _older(scope))
    else:
        await pages(scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    await receive()
    talk = asyncio.create_task(room.run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    talk.cancel()
    await send({"type": "lifespan.shutdown.complete"})


async def _take_socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    seat = room.enter(partial(_say, send), None)
    try:
        while (event := await receive())["type"] != "websocket.disconnect":
            await room.hear(seat, event.get("text") or event["bytes"])
    finally:
        room.leave(seat)


async def _say(send: Any, message: bytes) -> None:
    await send({"type": "websocket.send", "text": message.decode()})


def _stage(scope: Any) -> object:
    """Begin a show, and in any case return how far it is."""
    asked = _parameters(scope)
    if scope["path"] == "/stage/play/":
        room.play(Show(per_minute=float(asked["per_minute"]), seconds=float(asked["seconds"])))
    return room.played


def _older(scope: Any) -> CommentPage:
    """The page of history before an id, or the newest."""
    before = int(_parameters(scope).get("before") or 1 << 63)
    older = [comment for comment in room.history if int(comment.id) < before]
    previous = "more" if len(older) > PAGE else None
    return CommentPage(results=older[-PAGE:], next=None, previous=previous)


def _parameters(scope: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}


async def _answer(send: Any, content: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(content)})


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.page.stub", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    uvicorn.run(
        application, host=HOST, port=options.port, ws="websockets-sansio", log_level="warning"
    )


if __name__ == "__main__":
    main()
