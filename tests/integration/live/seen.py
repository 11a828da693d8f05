"""What a room shows of an action: over the API, in the archive, to a socket."""

import asyncio
import json
import urllib.error
import urllib.request

from livecomments.protocol import Done, Frame, Personal
from streams.models import AuditEntry
from tests.live import orm


def api(live, stage, path, body=None, *, token=None):
    """Status and document of a REST request."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    url = f"{live.url}/api/v1/streams/{stage.slug}/{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def listed(live, stage):
    """The texts that the API shows."""
    status, page = api(live, stage, "comments/")
    assert status == 200
    return [comment["text"] for comment in page["results"]]


async def archived(action, **conditions):
    """The audit entry of an action, once the archive has it."""
    async with asyncio.timeout(10):
        while True:
            row = orm(AuditEntry.objects.filter(log_id=int(action.id), **conditions).first)
            if row is not None:
                return row
            await asyncio.sleep(0.05)


async def sees(socket, kind):
    """The next item of a kind, in a frame of either audience."""
    message = await socket.until(
        Frame, where=lambda frame: any(isinstance(item, kind) for item in frame.items)
    )
    return next(item for item in message.items if isinstance(item, kind))


async def is_told(socket, kind):
    """The next thing of a kind that this person alone is told."""
    message = await socket.until(
        Personal, where=lambda told: any(isinstance(item, kind) for item in told.items)
    )
    return next(item for item in message.items if isinstance(item, kind))


def done(answer):
    """The answer, which says that it is done."""
    assert isinstance(answer, Done), answer
    return answer
