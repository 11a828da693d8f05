"""The load of a fault run: people in some rooms, everything they do noted for the checker. Async.

It stands whatever is done to the product meanwhile: sockets come back, posts are sent again, what
cannot be asked at a moment is asked later. Used like this:

    load = Load(lambda number: url, rooms, authors=40, viewers=24, rate=450)
    await load.start()
    ...  # faults
    await load.stop_posting()
    verdict = judge(await load.settle())
    await load.leave()
"""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from livecomments import tickets
from livecomments.accounts.models import Scope, User
from livecomments.accounts.tokens import create_token
from livecomments.client.accounts import ensure_accounts
from livecomments.client.outbox import Answer
from livecomments.protocol import (
    UNACKED_POSTS_PER_SOCKET,
    CommentAccepted,
    ReactionKind,
    Role,
)
from tests.load.texts import WORDS

from . import archive_rows
from .history import History, Outcome, Post, Presses, with_nonce
from .moderator import Moderator
from .pauses import longest_silence
from .people import Author, Gallery, Viewer, all_joined, note_answer
from .programs import Program

OPENED_AT_ONCE = 40
OPENING_PAUSE_SECONDS = 0.05
JOIN_SECONDS = 60.0
STEP_SECONDS = 0.01
GIVE_UP_SECONDS = 45.0  # by then every post is answered, or is never going to be
POLL_SECONDS = 0.1
MODERATOR_SECONDS = 10.0


class Load:
    """Authors, viewers and a moderator in some rooms; everything they do is logged.

    `url_of(n)` is the address of the site for the n-th person: viewers come first, then authors,
    then programs. `rate` is comments a second by the authors of all rooms together; whoever waits
    for half of what a socket may have unanswered waits with the next. `programs` post through REST
    beside that, a few a second each. `role` is that of everybody who writes over a socket: staff
    are never left out of a paced room.
    """

    def __init__(
        self,
        url_of: Callable[[int], str],
        rooms: Sequence[tickets.Room],
        *,
        authors: int,
        viewers: int,
        rate: float,
        reactions: float = 0.0,
        moderate: bool = True,
        programs: int = 0,
        seed: int = 0,
        role: Role = Role.VIEWER,
    ) -> None:
        self.history = History()
        self.acknowledged = 0
        self.waiting = 0
        self.refused: Counter[str] = Counter()
        self._url_of = url_of
        self._rooms = {room.id: room for room in rooms}
        self._sizes = (viewers, authors, programs)
        self._rate = rate
        self._reactions = reactions
        self._moderate = moderate
        self._role = role
        self._random = random.Random(seed)
        self._name = secrets.token_hex(3)  # rows of another load are not ours
        self._galleries = {room.id: Gallery(self.history, room) for room in rooms}
        self._viewers: list[Viewer] = []
        self._authors: list[Author] = []
        self._programs: list[Program] = []
        self._moderator: Moderator | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    # --- coming ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Returns when everybody has joined and posting has begun."""
        await self._make_people()
        sessions = [person.session for person in (*self._viewers, *self._authors)]
        for number in range(0, len(sessions), OPENED_AT_ONCE):
            for session in sessions[number : number + OPENED_AT_ONCE]:
                session.start()
            await asyncio.sleep(OPENING_PAUSE_SECONDS)
        if not await all_joined(sessions, seconds=JOIN_SECONDS):
            await self.leave()
            missing = sum(not session.joined.is_set() for session in sessions)
            raise TimeoutError(f"{missing} of {len(sessions)} people could not join")
        for viewer in self._viewers:
            stream = viewer.view.stream
            self.history.begins[stream] = max(viewer.reached, self.history.begins.get(stream, 0))
        self._begin()

    def _begin(self) -> None:
        self._run(self._post_on())
        if self._reactions:
            self._run(self._press_on())
        for program in self._programs:
            self._run(program.run(lambda who=program: self._new_post(who), self._answered))
        if self._moderator is not None:
            self._run(self._moderator.run())

    def _run(self, work) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _make_people(self) -> None:
        viewers, authors, programs = self._sizes
        names = {f"{number}": f"Person {number}" for number in range(authors + programs + 1)}
        known = await archive_rows.in_thread(ensure_accounts, "faults", names)
        identities = [known[key] for key in names]
        for number in range(viewers):
            gallery = self._galleries[self._room_of(number, viewers).id]
            self._viewers.append(Viewer(self._url_of(number), gallery, number=number))
        for number in range(authors):
            place = viewers + number
            self._authors.append(
                Author(
                    self._url_of(place),
                    self._room_of(number, authors),
                    replace(identities[number], role=self._role),
                    number=place,
                )
            )
        writers = identities[authors : authors + programs]
        tokens = await archive_rows.in_thread(_make_tokens, writers)
        for number, (identity, token) in enumerate(zip(writers, tokens, strict=True)):
            place = viewers + authors + number
            room = self._room_of(number, programs)
            self._programs.append(Program(self._url_of(place), room, identity, token, number=place))
        if self._moderate:
            moderator = replace(identities[-1], role=Role.MODERATOR)
            self._moderator = Moderator(self.history, self._rooms, moderator)

    def _room_of(self, number: int, among: int) -> tickets.Room:
        """Neighbours share a room, so that `url_of` may go by odd and even numbers."""
        rooms = list(self._rooms.values())
        return rooms[number * len(rooms) // among]

    # --- writing ---------------------------------------------------------------------------------

    async def _post_on(self) -> None:
        begin, sent = time.monotonic(), 0
        while not self._stopping.is_set():
            due = int((time.monotonic() - begin) * self._rate)
            for _ in range(due - sent):
                self._post_one()
            sent = due
            await asyncio.sleep(STEP_SECONDS)

    def _post_one(self) -> None:
        author = self._random.choice(self._authors)
        if author.session.unanswered < UNACKED_POSTS_PER_SOCKET // 2:
            author.post(self._new_post(author), self._answered)

    def _new_post(self, who: Author | Program) -> Post:
        nonce = f"{self._name}-{len(self.history.posts)}"
        words = " ".join(self._random.choices(WORDS, k=self._random.randint(1, 8)))
        self.waiting += 1
        return self.history.invoke(
            nonce, who.room.id, who.identity.user_id, with_nonce(nonce, words), time.monotonic()
        )

    def _answered(self, post: Post, answer: Answer) -> None:
        note_answer(post, answer)
        self.waiting -= 1
        if post.outcome is Outcome.REFUSED:
            self.refused[post.code] += 1
        if isinstance(answer, CommentAccepted):
            self.acknowledged += 1
            if self._moderator is not None:
                self._moderator.hear(post.stream, answer.comment)

    async def _press_on(self) -> None:
        kinds = list(ReactionKind)
        begin, pressed = time.monotonic(), 0
        while not self._stopping.is_set():
            due = int((time.monotonic() - begin) * self._reactions)
            for _ in range(due - pressed):
                author, kind = self._random.choice(self._authors), self._random.choice(kinds)
                if author.press(kind):
                    key = (author.room.id, kind.value)
                    self.history.presses.setdefault(key, Presses()).sent += 1
            pressed = due
            await asyncio.sleep(STEP_SECONDS * 2)

    # --- ending ----------------------------------------------------------------------------------

    async def stop_posting(self) -> None:
        """Returns when nothing new is sent and every post is answered or given up."""
        self._tell_to_stop()
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while self.waiting and time.monotonic() < give_up:
            await asyncio.sleep(STEP_SECONDS)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=MODERATOR_SECONDS)
            for task in late:
                task.cancel()
            for result in await asyncio.gather(*self._tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result
        self._tasks = []
        if self.waiting:
            await asyncio.gather(*(author.leave() for author in self._authors))
            await asyncio.sleep(0)  # what they gave up is noted in callbacks
        self.history.presses_refused = sum(author.presses_refused for author in self._authors)

    def _tell_to_stop(self) -> None:
        self._stopping.set()
        for program in self._programs:
            program.stopping.set()
        if self._moderator is not None:
            self._moderator.stopping.set()

    async def settle(self, *, seconds: float = 60) -> History:
        """Return what was noted, once every viewer and the archive have come to the end.

        After `seconds` it is returned as it is: whoever is behind then will not get there.
        """
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            try:
                if await self._has_settled():
                    break
            except archive_rows.AWAY:
                pass
            await asyncio.sleep(POLL_SECONDS)
        else:
            await self._read()  # raises when even now nobody answers
        return self.history

    async def _has_settled(self) -> bool:
        """True when log, archive and viewers stand at the same point."""
        partitions = sorted({room.partition for room in self._rooms.values()})
        ends = await archive_rows.log_ends(partitions)
        if not await archive_rows.in_thread(archive_rows.has_archived, ends):
            return False
        lasts = await self._read()
        if not all(viewer.has_come_to(lasts[viewer.view.stream]) for viewer in self._viewers):
            return False
        return await archive_rows.log_ends(partitions) == ends

    async def _read(self) -> dict[int, int]:
        """Note what Postgres has; return the last event of each stream."""
        begins = {stream: self.history.begins.get(stream, 0) for stream in self._rooms}
        rows, actions = await archive_rows.in_thread(archive_rows.read_rows, begins)
        self.history.rows, self.history.archived_actions = rows, actions
        for gallery in self._galleries.values():
            await archive_rows.read_presses(self.history, gallery.room, gallery.totals)
        lasts = begins
        for row in rows:
            lasts[row.stream] = max(lasts[row.stream], row.id)
        for action in actions:
            lasts[action.stream] = max(lasts[action.stream], action.log_id)
        return lasts

    async def leave(self) -> None:
        """Closes every socket and ends whatever still runs."""
        self._tell_to_stop()  # redis-py may swallow a cancellation (livecomments/cancellation.py)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await asyncio.gather(*(person.leave() for person in (*self._viewers, *self._authors)))

    # --- what can be asked meanwhile -------------------------------------------------------------

    def note(self, what: str) -> None:
        """Note what is being done to the product, for the examples of a verdict."""
        self.history.note(time.monotonic(), what)

    def unavailable(self, since: float, until: float) -> float:
        """Return the longest time between two moments in which no post was acknowledged.

        Only time in which somebody waited for an answer counts.
        """
        return longest_silence(self.history.posts.values(), since, until)

    def slowest_showing(self, since: float, until: float) -> float:
        """Return the longest that a comment acknowledged in this time waited for its first viewer.

        Those that nobody has been shown yet are left out, as are those that need not be.
        """
        waits = [0.0]
        for post in self._acknowledged_in(since, until):
            shown = self._galleries[post.stream].first_shown.get(post.ids[0])
            if shown is not None:
                waits.append(shown - post.answered)
        return max(waits)

    def _acknowledged_in(self, since: float, until: float) -> Iterable[Post]:
        return (
            post
            for post in self.history.posts.values()
            if post.outcome is Outcome.OK and since <= post.answered < until
        )

    def reconnects(self) -> list[float]:
        """Return, per viewer and broken connection, the seconds until it was caught up again."""
        return [seconds for viewer in self._viewers for seconds in viewer.returns]

    @property
    def away(self) -> int:
        """How many viewers have lost their connection and are not back."""
        return sum(viewer.lost_at is not None for viewer in self._viewers)


def _make_tokens(people: Sequence[tickets.Identity]) -> list[str]:
    users = User.objects.in_bulk([person.user_id for person in people])
    return [
        create_token(users[person.user_id], name="faults", scopes=[Scope.POST])[1]
        for person in people
    ]
