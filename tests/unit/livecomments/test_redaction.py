"""Who comes late is not shown what was hidden meanwhile, by whatever way it is repeated."""

import msgspec
import pytest

from livecomments import protocol
from livecomments.gateway.feed import Feed
from livecomments.gateway.frames import Prepared, PreparedFrame
from livecomments.protocol import (
    Audience,
    CommentHidden,
    CommentPosted,
    CommentRestored,
    Frame,
    Personal,
    Quote,
    RoomChanged,
    UserCleared,
    YouHeldApproved,
    YouReplied,
)
from tests.rooms import QUIET, ROOM, comment

SECRET = comment("11", "the secret", user="7")
OTHER = comment("12", "hello", user="8")
QUOTING = comment("13", "no way", user="8", reply=Quote("11", "Person 7", "the secret"))
HIDE = CommentHidden(id="11")
CLEAR = UserCleared(user="7", name="Person 7", through="20")


def frame(seq, *items, audience=Audience.PUBLIC, side=None):
    """A frame as the batcher makes it. `side`: items for single people, by user id."""
    payload = msgspec.json.encode(
        Frame(seq=seq, through=str(seq * 100), audience=audience, items=list(items))
    )
    people = {
        user: Prepared(msgspec.json.encode(Personal(seq=seq, audience=audience, items=[*personal])))
        for user, personal in (side or {}).items()
    }
    return PreparedFrame(payload, seq, people)


def feed(*frames, audience=Audience.PUBLIC):
    feed = Feed(ROOM, audience)
    feed.start("epoch", 0)
    for one in frames:
        assert feed.add(one)
    return feed


def items(feed, after=0):
    """What somebody gets who has seen everything up to there, frame by frame."""
    return [msgspec.json.decode(one.payload, type=Frame).items for one in feed.since(after)]


@pytest.mark.parametrize("hide", [HIDE, CLEAR])
def test_what_was_hidden_is_gone_from_the_frames_before(hide):
    found = feed(
        frame(1, CommentPosted(comment=SECRET), CommentPosted(comment=OTHER)), frame(2, hide)
    )

    assert items(found) == [[CommentPosted(comment=OTHER)], [hide]]


@pytest.mark.parametrize("hide", [HIDE, CLEAR])
def test_so_is_what_a_quote_or_a_pin_repeats(hide):
    pinned = msgspec.structs.replace(QUIET, pinned=SECRET, slow_seconds=5)
    found = feed(frame(1, CommentPosted(comment=QUOTING), RoomChanged(room=pinned)), frame(2, hide))

    [[posted, changed], _] = items(found)
    assert posted.comment.reply == Quote("11", "Person 7", "")
    assert posted.comment.text == "no way"
    assert changed.room == msgspec.structs.replace(QUIET, slow_seconds=5)
    assert b"secret" not in b"".join(one.payload + one.wire for one in found.since(0))


def test_a_reply_that_was_left_out_is_gone_for_the_one_it_was_for():
    found = feed(
        frame(1, side={"8": [YouReplied(comment=SECRET)], "9": [YouReplied(comment=OTHER)]}),
        frame(2, HIDE),
    )

    first, _ = found.since(0)
    personal = {
        user: msgspec.json.decode(message.payload, type=Personal).items
        for user, message in first.side.items()
    }
    assert personal == {"8": [], "9": [YouReplied(comment=OTHER)]}


def test_authors_are_still_told_what_became_of_their_own():
    approved = YouHeldApproved(hold="5", comment=SECRET)
    found = feed(frame(1, side={"7": [approved]}), frame(2, HIDE))

    message = found.since(0)[0].side["7"]
    assert msgspec.json.decode(message.payload, type=Personal).items == [approved]


def test_what_was_restored_is_shown_by_the_frame_that_says_so():
    back = CommentRestored(comment=SECRET)
    found = feed(frame(1, CommentPosted(comment=SECRET)), frame(2, HIDE), frame(3, back))
    assert items(found) == [[], [HIDE], [back]]

    found.add(frame(4, HIDE))

    assert items(found) == [[], [HIDE], [], [HIDE]]


def test_a_clearing_leaves_what_was_said_after_it_and_by_others():
    later = comment("21", "I am back", user="7")
    found = feed(
        frame(1, CommentPosted(comment=SECRET), CommentPosted(comment=later)), frame(2, CLEAR)
    )

    assert items(found) == [[CommentPosted(comment=later)], [CLEAR]]


def test_numbers_that_only_look_alike_are_left_alone():
    near = [comment("111", "a", user="71"), comment("1", '"11" {"id":"7"', user="17")]
    first = frame(1, *(CommentPosted(comment=one) for one in near))
    found = feed(first, frame(2, HIDE, CLEAR))

    assert items(found)[0] == [CommentPosted(comment=one) for one in near]


def test_frames_that_are_not_affected_stay_the_same_bytes():
    first = frame(1, CommentPosted(comment=OTHER), side={"9": [YouReplied(comment=OTHER)]})

    assert feed(first, frame(2, HIDE)).since(0)[0] is first


def test_what_the_frame_log_gives_is_redacted_by_what_came_after():
    logged = [
        frame(1, CommentPosted(comment=SECRET)),
        frame(2, CommentPosted(comment=OTHER)),
        frame(3, CommentPosted(comment=QUOTING)),
        frame(4, CommentHidden(id="12")),
    ]
    found = Feed(ROOM, Audience.PUBLIC)
    found.start("epoch", 4)
    found.add(frame(5, HIDE))

    found.put_before(reversed(logged))

    [secret, other, [quoting], *_] = items(found)
    assert (secret, other, quoting.comment.reply.text) == ([], [], "")


def test_staff_see_what_was_hidden():
    first = frame(1, CommentPosted(comment=SECRET), audience=Audience.STAFF)
    found = feed(first, frame(2, HIDE, audience=Audience.STAFF), audience=Audience.STAFF)

    assert found.since(0)[0] is first


def test_an_error_in_a_hide_is_not_taken_for_one():
    """What merely speaks of hiding is text like any other."""
    text = '{"type":"comment.hidden","id":"11"}'
    said = CommentPosted(comment=protocol.Comment(id="15", user=OTHER.user, text=text, at=1))
    found = feed(frame(1, CommentPosted(comment=SECRET)), frame(2, said))

    assert items(found) == [[CommentPosted(comment=SECRET)], [said]]
