"""What takes an action back leaves the room as it was; of two at once one wins."""

import asyncio

import pytest

from livecomments import dbthreads, ids, protocol, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, LinksMode, ReportReason, YouHeldRefused
from livecomments.tickets import now_ms
from streams.domain import PANIC_MODES
from tests.acting import ANA, BEA, BO, MAX, MO, OTHER_MO, Stand, no_postgres
from tests.rooms import ROOM


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


async def state(stand):
    """What people see and may do."""
    await stand.publish()
    snapshot = await stand.snapshot()
    return {
        "recent": [(comment.id, comment.text, comment.reply) for comment in snapshot.recent],
        "room": snapshot.room,
        "modes": await stand.modes(),
        "sanctions": await stand.sanctions(),
        "holds": await stand.holds(),
    }


async def changed_and_back(stand, action, actor=MAX):
    """Do it and take it back; both must show. Returns what was done."""
    before = await state(stand)
    taken = await stand.act(actor, action)
    assert await state(stand) != before, "nothing happened"
    undone = await stand.act(actor, taken.undo)
    assert await state(stand) == before
    return taken, undone


# --- back -----------------------------------------------------------------------------------------


async def test_m2_hide_and_back(stand):
    first = await stand.say("rude")
    await stand.say("that was rude", author=BO, reply_to=first)
    await stand.say("anyway")

    # The quote of a restored comment is its text.
    await stand.publish()
    await stand.act(MO, (await stand.act(MO, protocol.HideComment(id=first))).undo)

    _, undone = await changed_and_back(stand, protocol.HideComment(id=first, reason="rude"), MO)
    assert undone.undo == protocol.HideComment(id=first)


async def test_m2_a_comment_that_is_only_in_the_log_yet_can_be_hidden_and_restored(stand):
    first = await stand.say("not published yet")
    taken = await stand.act(MO, protocol.HideComment(id=first))
    await stand.publish()
    assert await stand.recent() == []

    await stand.act(MO, taken.undo)
    await stand.publish()
    assert await stand.recent() == ["not published yet"]


async def test_m2_pin_and_back(stand):
    first, second = await stand.say("one"), await stand.say("two")
    await changed_and_back(stand, protocol.PinComment(id=first))
    await stand.act(MO, protocol.PinComment(id=first))
    await changed_and_back(stand, protocol.PinComment(id=second))
    await changed_and_back(stand, protocol.UnpinComment())


async def test_m2_clear_and_back(stand):
    await stand.say("welcome", author=BO)
    joke = await stand.say("quoted")
    await stand.say("what?", author=BO, reply_to=joke)
    await stand.say("a joke")

    taken, _ = await changed_and_back(stand, protocol.ClearUser(user="7", reason="spam"))

    assert await stand.refusal(MO, taken.undo) is ErrorCode.CONFLICT, "only once"


async def test_m2_refuse_and_back(stand):
    hold = await stand.hold("may I?")
    await stand.publish()

    taken, undone = await changed_and_back(stand, protocol.RefuseHeld(hold=hold, reason="no"))

    assert await stand.told(ANA) == [YouHeldRefused(hold=hold, outcome="refused", reason="no")]
    assert await stand.refusal(MO, taken.undo) is ErrorCode.CONFLICT, "it would be there twice"
    await stand.act(MO, protocol.ApproveHeld(hold=str(undone.id)))
    await stand.publish()
    assert await stand.recent() == ["may I?"]
    assert await stand.holds() == []


async def test_m2_approve_and_back_is_hidden(stand):
    hold = await stand.hold("may I?")
    taken = await stand.act(MO, protocol.ApproveHeld(hold=hold))
    await stand.publish()
    assert await stand.recent() == ["may I?"]

    await stand.act(MO, taken.undo)
    await stand.publish()
    assert await stand.recent() == []


async def test_m2_sanctions_and_back(stand):
    await changed_and_back(stand, protocol.TimeOutUser(user="7", seconds=60))
    await changed_and_back(stand, protocol.BanUser(user="7"))
    await stand.act(MO, protocol.BanUser(user="7"))
    await changed_and_back(stand, protocol.TimeOutUser(user="7", seconds=60))
    await changed_and_back(stand, protocol.LiftSanction(user="7"))
    assert await stand.sanctions() == {7: "ban"}


async def test_m2_a_time_out_that_is_replaced_or_lifted_comes_back_for_what_is_left_of_it(stand):
    await stand.act(MO, protocol.TimeOutUser(user="7", seconds=600))
    (until,) = map(int, (await stand.sanctions()).values())
    for action in (protocol.BanUser(user="7"), protocol.LiftSanction(user="7")):
        taken = await stand.act(MO, action)
        await stand.act(MO, taken.undo)
        (again,) = map(int, (await stand.sanctions()).values())
        assert until - 2_000 <= again <= until, "no more than there was"


async def test_m2_lifting_what_has_nearly_run_out_is_not_taken_back(stand):
    await stand.redis.hset(redisdb.sanctions(ROOM), "7", now_ms() + 5_000)

    assert (await stand.act(MO, protocol.LiftSanction(user="7"))).undo is None


@pytest.mark.parametrize(
    "modes",
    [
        {"closed": True},
        {"slow_seconds": 300},
        {"min_account_age_minutes": 60},
        {"review": True},
        {"pace": 0},
        {"links": LinksMode.LISTED},
        {"standing_only": True},
        {"delay": 6},
        {"closed": True, "slow_seconds": 5, "pace": 1_000, "links": LinksMode.BLOCK},
    ],
    ids=repr,
)
async def test_m2_modes_and_back(stand, modes):
    action = protocol.SetModes(**modes)
    taken, _ = await changed_and_back(stand, action)

    named = {name for name in action.__struct_fields__ if getattr(taken.undo, name) is not None}
    assert named == set(modes), "what it did not change it does not bring back"


async def test_m2_what_cannot_be_taken_back_says_so(stand):
    first = await stand.say()
    await stand.publish()
    reported = await stand.act(BO, protocol.ReportComment(id=first, reason=ReportReason.SPAM))
    warned = await stand.act(MO, protocol.WarnUser(user="7", reason="calm down"))
    withdrawn = await stand.act(ANA, protocol.WithdrawComment(id=first))
    assert [taken.undo for taken in (reported, warned, withdrawn)] == [None] * 3


# --- the panic switch -----------------------------------------------------------------------------


async def test_m9_panic_and_back(stand):
    await stand.act(MAX, protocol.SetModes(slow_seconds=5, links=LinksMode.ALLOW, pace=50))
    before = await state(stand)

    taken = await stand.act(MO, protocol.Panic(on=True))
    during = await state(stand)
    modes = {name: getattr(value, "value", value) for name, value in PANIC_MODES.items()}
    assert modes.items() <= during["modes"].items()
    assert during["modes"] | modes == during["modes"] != before["modes"]
    assert during["room"].panic is True
    assert during["modes"]["pace"] == 50, "the rest stays"
    assert await stand.refusal(BEA, protocol.Panic(on=True)) is ErrorCode.CONFLICT

    await stand.act(OTHER_MO, taken.undo)
    assert await state(stand) == before


async def test_m9_panic_loosens_nothing(stand):
    strict = protocol.SetModes(slow_seconds=300, delay=6, links=LinksMode.LISTED)
    await stand.act(MAX, strict)
    before = (await state(stand))["modes"]

    await stand.act(MO, protocol.Panic(on=True))

    during = (await state(stand))["modes"]
    assert [during[name] for name in ("slow_seconds", "delay", "links")] == [300, 6, "listed"]
    assert (before["standing_only"], during["standing_only"]) == (False, True)


# --- others act meanwhile -------------------------------------------------------------------------


async def test_m5_of_two_who_hide_one_comment_one_wins(stand):
    first = await stand.say("rude")
    await stand.publish()
    hide = protocol.HideComment(id=first)
    hidden = await stand.act(MO, hide)

    assert await stand.refusal(OTHER_MO, hide) is ErrorCode.CONFLICT
    restored = await stand.act(OTHER_MO, hidden.undo)
    await stand.act(MO, restored.undo)
    await stand.publish()
    assert await stand.recent() == []


async def test_m9_what_was_set_during_a_panic_stays_when_it_ends(stand):
    await stand.act(MO, protocol.Panic(on=True))
    await stand.act(MAX, protocol.SetModes(closed=True, review=True))

    await stand.act(MO, protocol.Panic(on=False))

    after = (await state(stand))["modes"]
    assert (after["closed"], after["review"], after["slow_seconds"]) == (True, True, 0)


async def test_m5_undo_leaves_a_sanction_that_somebody_else_has_placed_since(stand):
    timed_out = await stand.act(MO, protocol.TimeOutUser(user="7", seconds=60))
    await stand.act(OTHER_MO, protocol.BanUser(user="7", reason="it was worse"))

    assert await stand.refusal(MO, timed_out.undo) is ErrorCode.CONFLICT
    assert await stand.sanctions() == {7: "ban"}


async def test_m5_undo_of_a_ban_brings_no_old_time_out_over_a_newer_one(stand):
    await stand.act(MO, protocol.TimeOutUser(user="7", seconds=60))
    banned = await stand.act(MO, protocol.BanUser(user="7"))
    assert banned.undo.instead_of == "ban"
    await stand.act(OTHER_MO, protocol.TimeOutUser(user="7", seconds=600))

    assert await stand.refusal(MO, banned.undo) is ErrorCode.CONFLICT


async def test_m5_a_sanction_that_is_lifted_is_not_lifted_again(stand):
    timed_out = await stand.act(MO, protocol.TimeOutUser(user="7", seconds=60))
    await stand.act(OTHER_MO, protocol.LiftSanction(user="7"))

    assert await stand.refusal(MO, timed_out.undo) is ErrorCode.CONFLICT
    assert await stand.refusal(BEA, protocol.Panic(on=False)) is ErrorCode.CONFLICT


async def test_m9_what_is_changed_meanwhile_ends_with_the_panic(stand):
    before = await state(stand)
    await stand.act(MO, protocol.Panic(on=True))
    await stand.act(MAX, protocol.SetModes(slow_seconds=120, links=LinksMode.ALLOW))
    await stand.act(MO, protocol.Panic(on=False))
    assert await state(stand) == before


# --- two at once ----------------------------------------------------------------------------------


async def both(stand, first, second):
    """What two moderators get who act at the same moment: done, or the code of the refusal."""

    async def one(actor, action):
        try:
            await stand.act(actor, action)
        except DomainError as error:
            return error.code
        return "done"

    return sorted(await asyncio.gather(one(MO, first), one(OTHER_MO, second)))


async def test_m5_of_two_who_decide_on_a_held_comment_one_wins(stand):
    for first in (protocol.ApproveHeld, protocol.RefuseHeld):
        for second in (protocol.ApproveHeld, protocol.RefuseHeld):
            hold = await stand.hold()
            assert await both(stand, first(hold=hold), second(hold=hold)) == ["done", "not_found"]
    assert await stand.holds() == []


async def test_m5_of_two_who_take_the_same_back_one_wins(stand):
    await stand.say()
    await stand.publish()
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    refused = await stand.act(MO, protocol.RefuseHeld(hold=await stand.hold()))
    await stand.act(MO, protocol.BanUser(user="7"))
    lift = protocol.LiftSanction(user="7")

    assert await both(stand, cleared.undo, cleared.undo) == ["conflict", "done"]
    assert await both(stand, refused.undo, refused.undo) == ["conflict", "done"]
    assert await both(stand, lift, lift) == ["done", "not_found"]
    assert await stand.holds() == ["may I?"]


async def test_m5_of_two_who_press_the_panic_switch_one_wins(stand):
    before = await stand.modes()
    on, off = protocol.Panic(on=True), protocol.Panic(on=False)
    assert await both(stand, on, on) == ["conflict", "done"]
    assert await both(stand, off, off) == ["conflict", "done"]
    assert await stand.modes() == before


async def test_m5_of_two_who_hide_at_once_one_wins(stand):
    hide = protocol.HideComment(id=await stand.say())
    assert sorted(await both(stand, hide, hide)) == [ErrorCode.CONFLICT, "done"]
    await stand.publish()
    assert await stand.recent() == []


async def test_a_restored_user_is_not_undone_by_an_old_clearing(stand):
    await stand.say("a joke")
    await stand.publish()
    first = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    await stand.act(MO, first.undo)
    await stand.publish()
    await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()

    assert await stand.refusal(MO, first.undo) is ErrorCode.CONFLICT
    assert await stand.recent() == []


async def test_an_action_of_another_kind_takes_nothing_back(stand):
    shown = await stand.say()
    hidden = await stand.act(MO, protocol.HideComment(id=shown))
    other = await stand.act(MO, protocol.HideComment(id=await stand.say("another")))

    for number in (hidden.id, ids.make_id(5, 0, 0)):
        assert await stand.refusal(MO, protocol.RestoreUser(cleared_by=str(number))) in (
            ErrorCode.NOT_FOUND,
            ErrorCode.UNAVAILABLE,
        )
        assert await stand.refusal(MO, protocol.ReopenHeld(refused_by=str(number))) in (
            ErrorCode.NOT_FOUND,
            ErrorCode.UNAVAILABLE,
        )
    wrong = protocol.RestoreComment(id=shown, hidden_by=str(other.id))
    assert await stand.refusal(MO, wrong) is ErrorCode.UNAVAILABLE, "only the archive could tell"
