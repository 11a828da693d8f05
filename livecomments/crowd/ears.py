"""What the crowd has heard: the room's state, the last comments, visitors to answer. Sync."""

import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from livecomments.protocol import (
    Comment,
    CommentPosted,
    Frame,
    Room,
    RoomChanged,
    ServerMessage,
    StreamStatus,
    Welcome,
)

from .phrases import Lexicon

REMEMBERED = 30
SHORT_TEXT = 12  # "haha same" is no subject for a conversation
ANSWER_SHARE = 0.7  # of what visitors say
ANSWER_SECONDS = (2.0, 6.0)
THREAD_SECONDS = 90.0  # nobody answers what has long scrolled away
QUESTION_MARKS = ("?", "\uff1f", "\u061f")


@dataclass(frozen=True, slots=True)
class Heard:
    """A comment that somebody may answer from `at` on."""

    at: float
    comment: Comment

    @property
    def is_question(self) -> bool:
        """True when it asks for an answer."""
        return self.comment.text.rstrip().endswith(QUESTION_MARKS)


class Ears:
    """Shared by the whole crowd. `languages`: what each of its people speaks, by user id."""

    def __init__(self, languages: Mapping[str, Lexicon], chosen: random.Random) -> None:
        self._languages = languages
        self._chosen = chosen
        self._heard: deque[Heard] = deque(maxlen=REMEMBERED)
        self._visitors: list[Heard] = []
        self._last_id = 0
        self._room: Room | None = None

    @property
    def room_is_open(self) -> bool:
        """True while anybody may talk."""
        room = self._room
        return room is not None and room.status is StreamStatus.LIVE and not room.closed

    def hear(self, message: ServerMessage) -> None:
        """Take what any of the crowd was shown; most of it was heard before."""
        if isinstance(message, Welcome):
            self._room = message.room
        elif isinstance(message, Frame):
            for item in message.items:
                if isinstance(item, CommentPosted):
                    self._hear_comment(item.comment)
                elif isinstance(item, RoomChanged):
                    self._room = item.room

    def _hear_comment(self, comment: Comment) -> None:
        if int(comment.id) <= self._last_id:
            return
        self._last_id = int(comment.id)
        now = time.monotonic()
        self._heard.append(Heard(now, comment))
        if comment.user.id not in self._languages and self._chosen.random() < ANSWER_SHARE:
            wait = self._chosen.uniform(*ANSWER_SECONDS)
            self._visitors.append(Heard(now + wait, comment))
            del self._visitors[:-REMEMBERED]

    def was_just_said(self, text: str) -> bool:
        """True when these very words are among the last."""
        return any(heard.comment.text == text for heard in self._heard)

    def visitor_to_answer(self, now: float) -> Heard | None:
        """Return what a visitor said a moment ago and nobody has answered yet."""
        for index, heard in enumerate(self._visitors):
            if heard.at <= now:
                return self._visitors.pop(index)
        return None

    def somebody_understood(self, lexicon: Lexicon, now: float) -> Heard | None:
        """Return something said lately in this language that can be talked about."""
        subjects = [
            heard
            for heard in self._heard
            if now - heard.at < THREAD_SECONDS
            and len(heard.comment.text) > SHORT_TEXT
            and heard.comment.reply is None
            and self._languages.get(heard.comment.user.id) is lexicon
        ]
        return self._chosen.choice(subjects) if subjects else None
