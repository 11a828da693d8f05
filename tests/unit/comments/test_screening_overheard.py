"""What the layers on spam learn of posts that other processes took."""

from collections import Counter

import pytest

from comments import screening
from comments.spam.verdict import Action
from livecomments import protocol
from livecomments.protocol import Role
from tests.rooms import MODERATOR, ROOM, person
from tests.screening import LINK, MESSAGE

pytestmark = pytest.mark.usefixtures("no_model")


def posted(author, text, **who):
    user = protocol.Person(id=str(author), name="A", **who)
    return protocol.CommentPosted(protocol.Comment(id="1", user=user, text=text, at=1))


def held_open(author, text, reason="spam_links", hold="9"):
    user = protocol.Person(id=str(author), name="A")
    held = protocol.Held(hold=hold, user=user, text=text, at=1, reason=reason)
    return protocol.HoldOpened(held)


def judged(rooms, author, text):
    return rooms.screen(ROOM, person(author), text).action


async def test_what_others_post_is_part_of_the_wave(redis):
    rooms = screening.Screening()
    judged(rooms, 1, "the room is known from now on")
    for author in range(10, 14):
        rooms.overheard(ROOM, posted(author, MESSAGE))

    assert judged(rooms, 20, MESSAGE + "!") == Action.HOLD


async def test_staff_and_unknown_rooms_are_passed_over(redis):
    rooms = screening.Screening()
    rooms.overheard(ROOM, posted(9, MESSAGE))
    assert len(rooms) == 0

    judged(rooms, 1, "the room is known from now on")
    for author in range(10, 14):
        rooms.overheard(ROOM, posted(author, MESSAGE, role=Role.MODERATOR))
    assert judged(rooms, 20, MESSAGE) == Action.ALLOW


async def test_own_comments_do_not_count_twice(redis):
    rooms = screening.Screening()
    learnt = []
    judged(rooms, 1, MESSAGE)
    judged(rooms, 2, LINK)
    rooms._rooms[ROOM.id].layers.learn = lambda said, now, held_for: learnt.append(said.author)

    rooms.overheard(ROOM, posted(1, MESSAGE))
    rooms.overheard(ROOM, held_open(2, LINK))
    rooms.overheard(ROOM, posted(3, MESSAGE))

    assert learnt == [3]


async def test_what_is_held_elsewhere_brings_raid_mode_here(redis):
    rooms = screening.Screening()
    judged(rooms, 1, "the room is known from now on")
    for number in range(25):
        rooms.overheard(ROOM, held_open(100 + number, f"see h{number}.example.com", hold="h"))

    assert judged(rooms, 2, "good evening") == Action.HOLD
    assert judged(rooms, 1, "good evening") == Action.HOLD  # came a moment before it began


@pytest.mark.parametrize(
    ("reason", "text"),
    [("spam_raid", "good evening everybody"), ("spam_copies", "good evening everybody")],
)
async def test_what_is_held_for_raid_mode_or_as_a_greeting_brings_no_raid_mode(reason, text, redis):
    rooms = screening.Screening()
    judged(rooms, 1, "the room is known from now on")
    for number in range(25):
        rooms.overheard(ROOM, held_open(100 + number, text, reason, hold="h"))

    assert judged(rooms, 2, "who is playing") == Action.ALLOW


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_people_may_repeat_what_staff_say(elsewhere, redis):
    rooms = screening.Screening()
    judged(rooms, 1, "the room is known from now on")
    if elsewhere:
        rooms.overheard(ROOM, posted(9, MESSAGE, role=Role.BROADCASTER))
    else:
        rooms.screen(ROOM, MODERATOR, MESSAGE)

    assert {judged(rooms, author, MESSAGE) for author in range(20, 40)} == {Action.ALLOW}


async def test_approved_comment_lets_its_wave_go(redis):
    rooms = screening.Screening()
    actions = [judged(rooms, author, MESSAGE) for author in range(6)]
    assert actions[-1] == Action.HOLD

    rooms.overheard(ROOM, held_open(5, MESSAGE, "spam_copies", hold="9"))
    rooms.overheard(ROOM, protocol.HoldClosed(hold="9", outcome="approved"))

    assert judged(rooms, 7, MESSAGE) == Action.ALLOW


async def test_refused_comment_does_not_let_its_wave_go(redis):
    rooms = screening.Screening()
    for author in range(6):
        judged(rooms, author, MESSAGE)

    rooms.overheard(ROOM, held_open(5, MESSAGE, "spam_copies", hold="9"))
    rooms.overheard(ROOM, protocol.HoldClosed(hold="9", outcome="refused"))

    assert judged(rooms, 7, MESSAGE) == Action.HOLD


async def test_only_so_much_of_what_others_post_is_looked_at(redis, monkeypatch):
    monkeypatch.setattr(screening, "OVERHEARD_PER_SECOND", 3)
    rooms = screening.Screening()
    judged(rooms, 1, "the room is known from now on")
    seconds = Counter()
    found = rooms._rooms[ROOM.id]
    found.layers.learn = lambda said, now, held_for: seconds.update([int(now)])

    for moment in (100.0, 101.0):
        for author in range(10):
            rooms.overheard(ROOM, posted(author, MESSAGE), moment)

    assert seconds == {100: 3, 101: 3}
