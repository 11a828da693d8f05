"""F12: who was away gets exactly what was missed, however much, while talk goes on. Async."""

import asyncio
import itertools
from collections.abc import Sequence

from comments.domain import post_comment
from comments.models import Comment, Status
from comments.moderation import hide_comment
from livecomments import dbthreads, redisdb, tickets
from livecomments.batcher.publisher import FRAMES_KEPT
from livecomments.protocol import (
    Audience,
    CaughtUp,
    CommentHidden,
    CommentPosted,
    Resume,
    Role,
)
from streams.queries import archived_through
from tests.load import rows
from tests.sockets import StreamSocket, stream_socket

from ..scene import Scene
from ..stage import WEB

AT_ONCE = 100
GOES_ON_EVERY_SECONDS = 0.02
RESUME_SECONDS = 60.0
FRAMES_LEFT = 5
# More frames than the frame log keeps: then only the archive has the beginning.
FRAMES = FRAMES_KEPT * 3 // 2
FRAME_SECONDS = 0.11  # each of them gets one of its own
_numbers = itertools.count(1)


async def missed(scene: Scene) -> None:
    """F12: after 1, 300 and 10,000 missed comments, the last from the archive."""
    venue = await scene.open_venue()
    people = await dbthreads.run(rows.make_people, venue, 20, role=Role.MODERATOR)
    for number, (count, from_archive) in enumerate(
        ((1, False), (300, False), (10_000 if scene.long else 3_000, True))
    ):
        scene.say(number / 3, f"after {count:,} missed")
        await _come_back(scene, venue.room, people, count, from_archive=from_archive)


async def _come_back(
    scene: Scene,
    room: tickets.Room,
    people: Sequence[tickets.Identity],
    count: int,
    *,
    from_archive: bool,
) -> None:
    finding = scene.finding
    async with stream_socket(scene.stage.url, room.slug) as viewer:
        first, early = await _say(room, people[0]), await _say(room, people[1])
        await viewer.shows(str(early))
        token = viewer.resume
    said = await _say_many(scene, room, people, count, slowly=from_archive and scene.long)
    # Somebody who is away must hear of that too: one comment seen before, and one never seen.
    for number in (first, said[len(said) // 2]):
        await hide_comment(room, actor=people[0], comment_id=number)
    finding.kills += 1
    if from_archive:
        await _forget_frames(scene, room, said[-1])
    talk = Talk(room, people[-1])
    async with stream_socket(scene.stage.url, room.slug, resume=token) as viewer:
        await viewer.until(CaughtUp, timeout=RESUME_SECONDS)
        await asyncio.sleep(0.5)
        await talk.stop()
        last = await _say(room, people[0])
        await viewer.shows(str(last), timeout=RESUME_SECONDS)
    await _await_archive(room, last)
    await _compare(scene, room, viewer, token, (first, early))
    finding.acknowledged += len(said) + len(talk.said) + 3
    expected = [one for one in (*said, *talk.said, last) if one not in (first, early)]
    stored = set(await dbthreads.run(_stored, room.id))
    finding.counts["lost"] += len(set(expected) - stored)
    sources = {type(message).__name__ for message in viewer.seen}
    finding.expect(
        not from_archive or not viewer.welcome.resumed or "Backfill" in sources,
        f"{count:,} missed did not come from the archive",
    )


async def _compare(
    scene: Scene, room: tickets.Room, viewer: StreamSocket, token: Resume, before: tuple[int, int]
) -> None:
    """Hold what is on the screen against PostgreSQL."""
    finding = scene.finding
    if not viewer.welcome.resumed:
        finding.notes.append("told to reload")
        shown = [int(one.id) for one in viewer.comments]
        visible = [one for one in await dbthreads.run(_visible, room.id) if one >= min(shown)]
    else:
        shown = [int(i.comment.id) for i in viewer.items if isinstance(i, CommentPosted)]
        after = int(token.public.through)
        visible = [one for one in await dbthreads.run(_visible, room.id) if one > after]
    hidden = {int(i.id) for i in viewer.items if isinstance(i, CommentHidden)}
    screen = [one for one in shown if one not in hidden]
    finding.counts["doubled"] += len(shown) - len(set(shown))
    finding.counts["reordered"] += sum(b < a for a, b in itertools.pairwise(shown))
    finding.counts["lost"] += len(set(visible) - set(screen))
    finding.counts["ghosts"] += len(set(screen) - set(visible))
    if viewer.welcome.resumed:
        finding.expect(before[0] in hidden, "the hiding of an older comment was not told")
        finding.expect(before[1] not in hidden, "a comment was hidden that nobody hid")


async def _say(room: tickets.Room, person: tickets.Identity) -> int:
    """Return the id of a comment that was just made."""
    number = next(_numbers)
    answer = await post_comment(
        room,
        author=person,
        address="192.0.2.12",
        nonce=f"missed-{number}",
        text=f"missed-{number} while you were away",
    )
    return int(answer.comment.id)


async def _say_many(
    scene: Scene,
    room: tickets.Room,
    people: Sequence[tickets.Identity],
    count: int,
    *,
    slowly: bool,
) -> list[int]:
    """Return the ids of so many comments; `slowly`: until the frame log forgets the first."""
    said: list[int] = []
    at_once = -(-count // FRAMES) if slowly else AT_ONCE
    while len(said) < count:
        scene.say(len(said) / count, f"{count:,} are missed")
        now = min(at_once, count - len(said))
        said += await asyncio.gather(
            *(_say(room, people[number % len(people)]) for number in range(now))
        )
        if slowly:
            await asyncio.sleep(FRAME_SECONDS)
    return sorted(said)


async def _forget_frames(scene: Scene, room: tickets.Room, last: int) -> None:
    """Leave the beginning to the archive alone: an old frame log, and processes without rings."""
    await _await_archive(room, last)
    if not scene.long:
        key = redisdb.frames(room, Audience.PUBLIC)
        await redisdb.client().xtrim(key, maxlen=FRAMES_LEFT, approximate=False)
    for name in WEB:
        await asyncio.to_thread(scene.stage.kill, name)
    for name in WEB:
        await scene.serving(name)


class Talk:
    """Somebody who goes on talking until told to stop."""

    def __init__(self, room: tickets.Room, person: tickets.Identity) -> None:
        self.said: list[int] = []
        self._room, self._person = room, person
        self._stopping = False
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Let the last sentence be finished."""
        self._stopping = True
        await self._task

    async def _go_on(self) -> None:
        while not self._stopping:
            self.said.append(await _say(self._room, self._person))
            await asyncio.sleep(GOES_ON_EVERY_SECONDS)


async def _await_archive(room: tickets.Room, last: int) -> None:
    async with asyncio.timeout(RESUME_SECONDS):
        while await dbthreads.run(archived_through, room.partition) < last:
            await asyncio.sleep(0.1)


def _stored(stream_id: int) -> list[int]:
    return list(Comment.objects.filter(stream_id=stream_id).values_list("id", flat=True))


def _visible(stream_id: int) -> list[int]:
    found = Comment.objects.filter(stream_id=stream_id, status=Status.VISIBLE, left_out=False)
    return list(found.order_by("id").values_list("id", flat=True))
