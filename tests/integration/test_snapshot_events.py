"""Snapshot + events = fresh snapshot, for every kind of event (docs/PROTOCOL.md, "Joining").

Each story is also kept as a transcript, which the page's own store replays in its tests:
`UPDATE_TRANSCRIPTS=1 pytest tests/integration/test_snapshot_events.py` writes them anew.
"""

import json
import os
from pathlib import Path

import pytest

from livecomments import dbthreads, events, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from tests.rooms import log_entries
from tests.stories import STORIES
from tests.transcripts import Page, Story, after, shown

FOLDER = Path(__file__).parents[2] / "frontend/src/transcripts"


@pytest.fixture
async def story(settings, monkeypatch):
    async def away(*args, **kwargs):
        raise DomainError(ErrorCode.UNAVAILABLE)

    monkeypatch.setattr(dbthreads, "run", away)  # none of this waits for Postgres
    story = Story(redisdb.client())
    yield story
    await redisdb.close()


async def told(story, name):
    """Return the transcript of a story, and the kinds of the events that the page was told of."""
    await story.begin()
    telling = STORIES[name](story)
    watcher = await anext(telling)
    await story.publish()
    before = len(await log_entries())
    page = Page(watcher)
    snapshot = await page.join()
    with pytest.raises(StopAsyncIteration):
        await anext(telling)
    await story.publish()
    messages = await page.messages()
    expected = await Page(watcher).join()
    kinds = {entry.kind for entry in (await log_entries())[before:]}
    return {"snapshot": snapshot, "messages": messages, "expected": expected}, kinds


def test_every_kind_of_event_has_a_story():
    assert set(events.KINDS) == {name.partition("-")[0] for name in STORIES} - {
        "reactions",
        "viewers",
    }


@pytest.mark.parametrize("name", STORIES)
async def test_whoever_was_there_sees_what_a_newcomer_sees(story, name):
    transcript, kinds = await told(story, name)

    start = shown(transcript["snapshot"])
    end = after(shown(transcript["snapshot"]), transcript["messages"])

    expected = shown(transcript["expected"])
    # A newcomer's cursor may be further on: what had nothing for this audience made no frame.
    assert end.pop("through") <= expected.pop("through")
    assert end == expected
    assert end != start, "a story in which nothing happens shows nothing"
    if name in events.KINDS:
        assert name in kinds


@pytest.mark.parametrize("name", STORIES)
async def test_the_page_replays_what_the_server_sends_today(story, name):
    transcript, _ = await told(story, name)
    path = FOLDER / f"{name}.json"
    text = json.dumps(transcript, indent=2, ensure_ascii=False) + "\n"

    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        path.write_text(text)

    assert path.is_file(), f"{path.name} is missing: run with UPDATE_TRANSCRIPTS=1"
    assert json.loads(path.read_text()) == transcript, (
        f"{path.name} is not what the server sends: run with UPDATE_TRANSCRIPTS=1, "
        "then the tests of the page"
    )
