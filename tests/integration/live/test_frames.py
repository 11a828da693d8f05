"""What viewers are shown: rules F1-F8 and X1-X4 of docs/PROTOCOL.md."""

import asyncio

import pytest

from comments import moderation
from livecomments import ids
from livecomments.protocol import (
    Acted,
    CommentHidden,
    CommentRestored,
    Error,
    ErrorCode,
    Frame,
    ReactionKind,
    ReactionSend,
    Role,
    RoomChanged,
    SanctionKind,
    StreamStatus,
    UserSanctioned,
)
from streams import domain
from tests.rooms import set_modes
from tests.sockets import stream_socket


async def say(stage, server, texts):
    """Post texts as staff, one after another; returns the comments."""
    async with stream_socket(server, stage.slug, ticket=stage.visitor(Role.MODERATOR)) as author:
        return [(await author.post(text)).comment for text in texts]


async def test_f1_seq_follows_by_one_and_f2_ids_only_grow(server, stage):
    async with stream_socket(server, stage.slug) as viewer:
        first = viewer.welcome.public.seq
        said = await say(stage, server, [f"line {number}" for number in range(8)])
        await viewer.shows(said[-1].id)
        seqs = [frame.seq for frame in viewer.frames]
        assert seqs == list(range(first + 1, first + 1 + len(seqs)))
        shown = [int(comment.id) for comment in viewer.comments]
        assert shown == sorted(set(shown)) == [int(comment.id) for comment in said]


async def test_f3_a_quiet_room_shows_at_once_and_a_fast_one_in_groups(live, stage):
    async with stream_socket(live.url, stage.slug) as viewer:
        said = await say(stage, live.url, [f"quick {number}" for number in range(10)])
        await viewer.shows(said[-1].id)
        with_comments = [frame for frame in viewer.frames if frame.items]
        assert len(with_comments) < 10
        assert len(with_comments[0].items) < 10


async def test_f4_every_viewer_gets_the_same_bytes(live, stage):
    async with (
        stream_socket(live.url, stage.slug) as one,
        stream_socket(live.url, stage.slug, ticket=stage.visitor()) as two,
        stream_socket(live.daphne_url, stage.slug) as three,
    ):
        said = await say(stage, live.url, ["the same", "for everybody"])
        for viewer in (one, two, three):
            await viewer.shows(said[-1].id)
        frames = [
            [raw for raw in viewer.raw if b"comment.posted" in raw] for viewer in (one, two, three)
        ]
        assert frames[0] == frames[1] == frames[2]


async def test_f5_what_concerns_staff_is_never_in_a_public_frame(server, stage):
    boss, person = stage.person(Role.BROADCASTER), stage.person()
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(boss)) as staff,
        stream_socket(server, stage.slug) as viewer,
    ):
        banned = await domain.sanction_user(
            stage.room, actor=boss, user_id=person.user_id, kind=SanctionKind.BAN
        )
        frame = await staff.until(Frame, where=lambda frame: frame.audience == "staff")
        boss_id, user = str(boss.user_id), str(person.user_id)
        assert frame.items == [
            UserSanctioned(user=user, kind=SanctionKind.BAN),
            Acted(id=str(banned), action="user.sanctioned", by=boss_id, user=user),
        ]
        said = await say(stage, server, ["after the ban"])
        await viewer.shows(said[0].id)
        assert all(frame.audience == "public" for frame in viewer.frames)
        assert str(person.user_id).encode() not in b"".join(
            raw for raw in viewer.raw if b"sanction" in raw
        )


async def test_f6_a_personal_message_reaches_its_person_alone(server, stage):
    boss, person = stage.person(Role.BROADCASTER), stage.person()
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(person)) as theirs,
        stream_socket(server, stage.slug, ticket=stage.visitor()) as other,
    ):
        await domain.sanction_user(
            stage.room, actor=boss, user_id=person.user_id, kind=SanctionKind.BAN, reason="spam"
        )
        said = await say(stage, server, ["meanwhile"])
        await theirs.shows(said[0].id)
        await other.shows(said[0].id)
        assert [b"you.sanctioned" in b"".join(socket.raw) for socket in (theirs, other)] == [
            True,
            False,
        ]
    async with stream_socket(server, stage.slug, ticket=stage.ticket(person)) as back:
        assert back.welcome.you.sanction == SanctionKind.BAN


async def test_f7_a_hidden_comment_leaves_every_screen_and_the_history(server, stage):
    moderator = stage.person(Role.MODERATOR)
    said = await say(stage, server, ["stays", "goes"])
    async with stream_socket(server, stage.slug) as viewer:
        await viewer.shows(said[1].id)
        await moderation.hide_comment(
            stage.room, actor=moderator, comment_id=int(said[1].id), reason="rude"
        )
        await viewer.until(Frame, where=lambda f: CommentHidden(id=said[1].id) in f.items)
    await asyncio.sleep(1.1)  # a newcomer's snapshot may be a second old; its frames complete it
    async with stream_socket(server, stage.slug) as newcomer:
        assert [comment.text for comment in newcomer.welcome.recent] == ["stays"]
        await moderation.restore_comment(stage.room, actor=moderator, comment=said[1])
        frame = await newcomer.until(Frame, where=lambda f: CommentRestored(said[1]) in f.items)
        assert frame.items == [CommentRestored(comment=said[1])]
    await asyncio.sleep(1.1)
    async with stream_socket(server, stage.slug) as newcomer:
        assert newcomer.welcome.recent == said


async def test_f7_a_hidden_comment_leaves_the_quotes_of_it_too(server, stage):
    moderator = stage.person(Role.MODERATOR)
    (rude,) = await say(stage, server, ["something rude"])
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        await author.shows(rude.id)
        reply = (await author.post("Not here, please", reply_to=rude.id)).comment
        await author.shows(reply.id)
        await moderation.hide_comment(stage.room, actor=moderator, comment_id=int(rude.id))
        await author.until(Frame, where=lambda frame: CommentHidden(id=rude.id) in frame.items)
    await asyncio.sleep(1.1)
    async with stream_socket(server, stage.slug) as newcomer:
        assert [comment.reply.text for comment in newcomer.welcome.recent] == [""]
        assert b"rude" not in b"".join(newcomer.raw)
        await moderation.restore_comment(stage.room, actor=moderator, comment=rude)
        await newcomer.until(Frame, where=lambda frame: bool(frame.items))
    await asyncio.sleep(1.1)
    async with stream_socket(server, stage.slug) as newcomer:
        assert newcomer.welcome.recent == [rude, reply]


async def test_f8_modes_pins_and_status_come_as_the_whole_room(server, stage):
    boss = stage.person(Role.BROADCASTER)
    (said,) = await say(stage, server, ["Pin me"])
    async with stream_socket(server, stage.slug) as viewer:
        await viewer.shows(said.id)
        await moderation.pin_comment(stage.room, actor=boss, comment=said)
        await set_modes(stage.room, actor=boss, slow_seconds=15)
        await set_modes(stage.room, actor=boss, closed=True)
        await domain.set_status(stage.room, actor=boss, status=StreamStatus.ENDED)

        def ended(frame):
            return any(
                isinstance(item, RoomChanged) and item.room.status == "ended"
                for item in frame.items
            )

        frame = await viewer.until(Frame, where=ended)
        room = frame.items[-1].room
        assert (room.pinned, room.slow_seconds, room.closed) == (said, 15, True)
        await asyncio.sleep(1.1)
    async with stream_socket(server, stage.slug) as newcomer:
        assert newcomer.welcome.room == room


async def test_f12_the_room_says_when_the_stream_began_and_ended(live, stage):
    boss = stage.person(Role.BROADCASTER)

    async def becomes(viewer, status):
        log_id = await domain.set_status(stage.room, actor=boss, status=status)

        def tells(frame):
            rooms = [item.room for item in frame.items if isinstance(item, RoomChanged)]
            return bool(rooms) and rooms[-1].status == status

        frame = await viewer.until(Frame, where=tells)
        return frame.items[-1].room, ids.id_ms(log_id)

    async with stream_socket(live.url, stage.slug) as viewer:
        before = viewer.welcome.room.started_at
        assert before == round(stage.row.started_at.timestamp() * 1000)
        room, ended_at = await becomes(viewer, StreamStatus.ENDED)
        assert (room.started_at, room.ended_at) == (before, ended_at)
        room, _ = await becomes(viewer, StreamStatus.LIVE)
        assert (room.started_at, room.ended_at) == (before, None)


@pytest.mark.parametrize("act", ["hide", "sanction", "mode"])
async def test_f8_only_staff_may_act(stage, act):
    viewer = stage.person()
    acts = {
        "hide": lambda: moderation.hide_comment(stage.room, actor=viewer, comment_id=1),
        "sanction": lambda: domain.sanction_user(
            stage.room, actor=viewer, user_id=1, kind=SanctionKind.BAN
        ),
        "mode": lambda: set_modes(stage.room, actor=viewer, closed=True),
    }
    with pytest.raises(domain.DomainError) as refused:
        await acts[act]()
    assert refused.value.code == ErrorCode.FORBIDDEN


async def test_x1_presses_of_all_sockets_and_processes_add_up(live, stage):
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.visitor()) as one,
        stream_socket(live.daphne_url, stage.slug, ticket=stage.visitor()) as two,
        stream_socket(live.url, stage.slug) as viewer,
    ):
        for socket in (one, two):
            socket.send(ReactionSend(kind=ReactionKind.LOVE, count=4))
            socket.send(ReactionSend(kind=ReactionKind.WOW))
        seen = {}
        async with asyncio.timeout(5):
            while seen != {"love": 8, "wow": 2}:
                frame = await viewer.until(Frame, where=lambda frame: bool(frame.reactions))
                for kind, count in frame.reactions.items():
                    seen[kind] = seen.get(kind, 0) + count
        assert frame.totals["love"] == 8
    await asyncio.sleep(1.1)
    async with stream_socket(live.url, stage.slug) as newcomer:
        assert newcomer.welcome.reactions == {"love": 8, "wow": 2}


async def test_x2_however_many_press_two_frames_a_second_tell_it(live, stage):
    tickets = [stage.visitor() for _ in range(10)]
    async with stream_socket(live.url, stage.slug) as viewer:
        before = len(viewer.frames)
        for ticket in tickets:
            async with stream_socket(live.url, stage.slug, ticket=ticket) as socket:
                for _ in range(5):
                    socket.send(ReactionSend(kind=ReactionKind.HAHA))
                    await asyncio.sleep(0.01)
        await asyncio.sleep(1.2)
        assert sum(frame.reactions.get("haha", 0) for frame in viewer.frames) == 50
        assert len(viewer.frames) - before <= 8  # under two seconds of two a second, and counts


async def test_x3_presses_are_limited_per_person_over_all_sockets(live, stage):
    ticket = stage.visitor()
    async with (
        stream_socket(live.url, stage.slug, ticket=ticket) as one,
        stream_socket(live.daphne_url, stage.slug, ticket=ticket) as two,
        stream_socket(live.url, stage.slug) as viewer,
    ):
        for socket in (one, two):
            socket.send(ReactionSend(kind=ReactionKind.LIKE, count=10))
        refusal = await asyncio.wait_for(_first_error(one, two), 5)
        assert refusal.code == ErrorCode.RATE_LIMITED
        await viewer.until(Frame, where=lambda frame: bool(frame.reactions))
        assert viewer.frames[-1].totals == {"like": 10}


async def _first_error(*sockets):
    while True:
        for socket in sockets:
            for message in socket.seen:
                if isinstance(message, Error):
                    return message
        await asyncio.sleep(0.02)


async def test_x4_an_ended_stream_takes_no_reactions(server, stage):
    await domain.set_status(
        stage.room, actor=stage.person(Role.BROADCASTER), status=StreamStatus.ENDED
    )
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as socket:
        answer = await socket.ask(ReactionSend(kind=ReactionKind.SAD), Error)
        assert answer.code == ErrorCode.STREAM_NOT_LIVE


async def test_v1_the_viewer_count_is_of_distinct_people_over_all_processes(live, stage):
    person = stage.visitor()
    async with (
        stream_socket(live.url, stage.slug, ticket=person),
        stream_socket(live.daphne_url, stage.slug, ticket=person),
        stream_socket(live.url, stage.slug),
        stream_socket(live.url, stage.slug, ticket=stage.visitor(), frames=False),
        stream_socket(live.daphne_url, stage.slug) as viewer,
    ):
        await viewer.until(Frame, timeout=15, where=lambda frame: frame.viewers == 3)
