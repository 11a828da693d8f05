"""Much talk in a room: said now by many people in turn, or long ago. Async."""

import asyncio
import itertools
from functools import partial

from comments.domain import post_comment
from comments.models import Comment
from livecomments import ids, tickets
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role
from streams.payloads import identity_of
from tests.factories import CommentFactory, UserFactory
from tests.live import orm

PEOPLE = 120  # so that nobody is too fast
AGO_MS = 3_600_000
_nonces = itertools.count(1)


class Crowd:
    """People who take turns."""

    def __init__(self) -> None:
        self._people = orm(UserFactory.create_batch, PEOPLE)

    def _next(self, number):
        return self._people[number % PEOPLE]

    async def talk(self, stage, first, count):
        """So many comments, `Line <first>` and on, each by the next person."""
        for number in range(first, first + count):
            turn = next(_nonces)
            post = partial(
                post_comment,
                stage.room,
                author=identity_of(self._next(turn), stage.row, role=Role.VIEWER),
                address=f"198.51.100.{turn % PEOPLE}",
                nonce=f"talk-{turn}",
                text=f"Line {number}",
            )
            while not await _accepted(post()):
                await asyncio.sleep(0.2)

    def archive(self, stage, count, more=""):
        """So many comments of an hour ago, from `Line 1`, which only the archive has.

        `more` stands before the number in every third of them.
        """
        ago = tickets.now_ms() - AGO_MS
        rows = [
            CommentFactory.build(
                id=ids.first_id_at(ago + number, stage.row.partition),
                stream=stage.row,
                author=self._next(number),
                text=f"{more if number % 3 == 0 else ''}Line {number}",
            )
            for number in range(1, count + 1)
        ]
        orm(Comment.objects.bulk_create, rows)


async def _accepted(posting):
    """True when a comment is stored; False when the room is busy."""
    try:
        await posting
    except DomainError as refusal:
        if refusal.code is not ErrorCode.BUSY:
            raise
        return False
    return True
