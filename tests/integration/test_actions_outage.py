"""A room is moderated while Postgres is away: at once, and the rows follow when it is back."""

import asyncio
import time

import pytest

from livecomments import protocol, tickets
from livecomments.protocol import Done, ErrorCode, ReportReason, Role
from tests.live import wait_until
from tests.outage import words
from tests.sockets import stream_socket

pytestmark = pytest.mark.xdist_group("outage of actions")


def tickets_of(site):
    """Of the moderator, and of somebody who has said something."""
    room = tickets.Room(site.rows["stream"], site.rows["partition"], "here")
    boss = tickets.Identity(site.rows["boss"], "Boss", Role.BROADCASTER, 0, 0)
    user = tickets.Identity(site.rows["user"], "Bo", Role.VIEWER, 0, 0)
    return [tickets.mint(identity, room)[0] for identity in (boss, user)]


def audited(site, log_ids):
    """The actions among these that are in the audit."""
    query = "SELECT log_id, action FROM streams_auditentry WHERE log_id = ANY(%s)"
    return dict(site.rows_of(query, [int(one) for one in log_ids]))


def statuses(site, *texts):
    query = "SELECT status FROM comments_comment WHERE text = ANY(%s) ORDER BY id"
    return [status for (status,) in site.rows_of(query, list(texts))]


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_m11_every_action_goes_on_without_postgres(site, how):
    boss, bo = tickets_of(site)
    user, taken = str(site.rows["user"]), {}

    async def does(socket, action):
        """What it came back with; nobody waits for what is away."""
        began = time.monotonic()
        answer = await socket.act(action)
        assert isinstance(answer, Done), answer
        assert time.monotonic() - began < 4
        taken[answer.id] = action
        return answer

    rude, oops, joke, later = (words() for _ in range(4))
    async with (
        stream_socket(site.url, "here", ticket=boss) as staff,
        stream_socket(site.url, "here", ticket=bo) as author,
    ):
        with site.away(site.postgres, how):
            said = {}
            for text in (rude, oops, joke):
                said[text] = (await author.post(text)).comment.id
                await staff.shows(said[text])
                await asyncio.sleep(0.4)
            hidden = await does(staff, protocol.HideComment(id=said[rude]))
            await does(staff, hidden.undo)
            pinned = await does(staff, protocol.PinComment(id=said[joke]))
            await does(staff, pinned.undo)
            report = protocol.ReportComment(id=said[joke], reason=ReportReason.SPAM)
            await does(staff, report)
            cleared = await does(staff, protocol.ClearUser(user=user))
            await does(staff, cleared.undo)
            await does(author, protocol.WithdrawComment(id=said[oops]))
            await does(staff, protocol.WarnUser(user=user, reason="be kind"))
            banned = await does(staff, protocol.BanUser(user=user))
            assert (await author.post(words())).code is ErrorCode.BANNED
            await does(staff, banned.undo)
            panicked = await does(staff, protocol.Panic(on=True))
            await does(staff, panicked.undo)
            reviewed = await does(staff, protocol.SetModes(review=True))
            held = await author.post(later)
            refused = await does(staff, protocol.RefuseHeld(hold=held.hold))
            again = await does(staff, refused.undo)
            await does(staff, protocol.ApproveHeld(hold=again.id))
            await does(staff, reviewed.undo)
            await does(staff, protocol.HideComment(id=said[rude]))
            # What only the archive could find is told so; other things do not wait for it.
            gone = await staff.act(protocol.RestoreComment(id=said[rude]), timeout=15)
            assert gone.code is ErrorCode.UNAVAILABLE

    del taken[again.id]  # the hold's number, which is no action in the audit
    wait_until(lambda: len(audited(site, taken)) == len(taken), what="the audit", seconds=30)
    assert statuses(site, rude, oops, joke, later) == [1, 2, 0, 0]
