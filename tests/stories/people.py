"""Stories of what is done to people, and who they are in the room. Async.

Each prepares its room, yields, and acts. What it yields is who watches; None is a stranger.
"""

from comments import moderation
from livecomments import events
from livecomments.protocol import Role, SanctionKind
from streams import domain
from tests.rooms import ROOM
from tests.transcripts import ANA, BO, STAFF

HOUR_SECONDS = 3_600


async def user_cleared(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("spam")
    await story.comment("stop it", author=BO, reply_to=first.id)
    await story.comment("more spam")
    yield None
    await story.say("and more")
    await story.act(moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id, reason="spam"))
    await story.say("sorry")


async def user_restored(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("a joke")
    await story.comment("what?", author=BO, reply_to=first.id)
    clear = moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id)
    cleared = await story.act(clear)
    await story.publish()
    await story.comment("where is it?", author=BO)
    yield None
    await story.act(moderation.restore_user(ROOM, actor=STAFF, cleared_by=cleared))


async def user_cleared_and_restored_at_once(story):
    await story.comment("welcome", author=STAFF)
    await story.comment("a joke")
    yield ANA
    clear = moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id)
    cleared = await story.act(clear)
    await story.act(moderation.restore_user(ROOM, actor=STAFF, cleared_by=cleared))


async def user_warned(story):
    first = await story.comment("rude")
    yield ANA
    warn = domain.warn_user(
        ROOM, actor=STAFF, user_id=ANA.user_id, reason="be kind", about=first.id
    )
    await story.act(warn)


async def appeal_closed(story):
    yield ANA
    closed = events.AppealClosed(user=ANA.user_id, by=2, appeal=3, outcome="rejected", reason="no")
    await story.append(closed)


async def staff_changed(story):
    yield STAFF
    await story.act(domain.change_staff(ROOM, user_id=BO.user_id, role=Role.MODERATOR, by=2))


async def user_sanctioned(story):
    await story.comment("first")
    yield ANA
    await story.act(
        domain.sanction_user(
            ROOM,
            actor=STAFF,
            user_id=ANA.user_id,
            kind=SanctionKind.TIMEOUT,
            seconds=HOUR_SECONDS,
            reason="calm down",
        )
    )


async def user_banned(story):
    yield ANA
    for user in (ANA, BO):
        await story.act(
            domain.sanction_user(
                ROOM, actor=STAFF, user_id=user.user_id, kind=SanctionKind.BAN, reason="spam"
            )
        )


async def user_sanctioned_seen_by_staff(story):
    await story.comment("first")
    yield STAFF
    await story.act(
        domain.sanction_user(ROOM, actor=STAFF, user_id=ANA.user_id, kind=SanctionKind.BAN)
    )


async def sanction_lifted(story):
    await story.act(
        domain.sanction_user(ROOM, actor=STAFF, user_id=ANA.user_id, kind=SanctionKind.BAN)
    )
    await story.publish()
    yield ANA
    await story.act(domain.lift_sanction(ROOM, actor=STAFF, user_id=ANA.user_id))
