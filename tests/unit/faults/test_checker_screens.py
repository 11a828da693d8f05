"""Each rule about moderation, pacing and reactions, on histories small enough to read."""

from dataclasses import replace

import pytest

from tests.faults.checker import judge
from tests.faults.history import Began, How, Loss, Outcome, Presses
from tests.faults.story import HIDE, RESTORE, ROOM, Story, found, frame, news, posted


@pytest.fixture
def story():
    return Story()


# --- hidden ---------------------------------------------------------------------------------------


def test_hidden_and_restored_is_right(story):
    story.say(10, 11, 12)
    story.do(HIDE, 10, 13)
    story.do(HIDE, 11, 14)
    story.do(RESTORE, 10, 15)
    story.watch(frame(10, 11, 12), news(13, (HIDE, 10)), news(15, (HIDE, 11), (RESTORE, 10)))
    story.watch(recent=(10, 12), through=15)

    assert found(story) == {}


def test_hidden_before_it_was_shown_need_not_be(story):
    story.say(10, 11)
    story.do(HIDE, 11, 12)
    story.watch(frame(10), news(12, (HIDE, 11), how=How.BACKFILL))

    assert found(story) == {}


def test_hidden_in_the_same_message_does_not_return(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.watch(news(11, posted(10), (HIDE, 10)))

    assert found(story) == {}


def test_hidden_in_a_later_part_of_the_same_stretch_does_not_return(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    parts = news(11, posted(10), how=How.BACKFILL), news(11, (HIDE, 10), how=How.BACKFILL)
    story.watch(*parts)

    assert found(story) == {}


def test_hidden_in_the_recent_list_returns(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.watch(recent=(10,), through=11)

    assert found(story) == {"returned": 1, "diverged": 1}


def test_hidden_in_a_backfill_returns(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.watch(frame(10, through=11, how=How.BACKFILL))

    assert found(story) == {"returned": 1, "diverged": 1}


def test_restored_by_an_action_that_redis_lost_may_have_been_shown(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    lost = story.act(RESTORE, ROOM, 10, story.tick())
    lost.ok(12)
    story.losses.append(Loss(lost.invoked, lost.invoked))
    view = story.watch(frame(10), news(11, (HIDE, 10)), news(12, (RESTORE, 10)))
    view.told.append(Began(0.0, 11, ()))
    assert found(story) == {}

    # By one that was never taken it may not.
    story.actions.remove(lost)
    assert "returned" in found(story)


def test_hidden_and_still_on_the_screen_diverges(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.watch(frame(10))

    assert found(story) == {"diverged": 1}


def test_restored_and_not_on_the_screen_diverges(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.do(RESTORE, 10, 12)
    story.watch(frame(10), news(11, (HIDE, 10)))

    assert found(story) == {"diverged": 1}


def test_hidden_and_visible_in_postgres_diverges(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.rows[0] = replace(story.rows[0], hidden=False)
    story.watch(frame(10), news(11, (HIDE, 10)))

    assert found(story) == {"diverged": 2}


def test_action_without_an_answer_counts_as_postgres_has_it(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.actions[0].outcome, story.actions[0].log_id = Outcome.UNKNOWN, 0
    story.watch(frame(10), news(11, (HIDE, 10)))
    assert found(story) == {}

    story.watch(frame(10))

    assert found(story) == {"diverged": 1}


# --- left out -------------------------------------------------------------------------------------


def test_left_out_and_counted_is_right(story):
    story.say(10)
    story.say(11, 12, left_out=True)
    story.say(13)
    story.watch(frame(10, through=11, left_out=1), frame(13, left_out=1))
    story.watch(frame(10, how=How.BACKFILL, through=13), frame(13, how=How.BACKFILL, left_out=2))

    assert found(story) == {}


@pytest.mark.parametrize("counted", [0, 3])
def test_left_out_and_not_counted_rightly_is_miscounted(story, counted):
    story.say(10)
    story.say(11, left_out=True)
    story.watch(frame(10, through=11, left_out=counted))

    assert found(story) == {"miscounted": abs(1 - counted)}


def test_left_out_and_shown_is_miscounted(story):
    story.say(10)
    story.say(11, left_out=True)
    story.watch(frame(10, 11, left_out=1))

    assert found(story) == {"miscounted": 1}


def test_left_out_only_in_the_answer_is_miscounted(story):
    story.say(10)
    story.posts["n10"].left_out = True
    story.watch(frame(10))

    assert found(story) == {"miscounted": 1}


def test_left_out_and_restored_is_shown(story):
    story.say(10, left_out=True)
    story.do(HIDE, 10, 11)
    story.do(RESTORE, 10, 12)
    story.watch(frame(through=10, left_out=1), news(12, (HIDE, 10), (RESTORE, 10)))
    story.watch(news(12, posted(10), (HIDE, 10), (RESTORE, 10), how=How.BACKFILL))

    assert found(story) == {}


def test_reply_told_apart_must_have_been_left_out(story):
    story.say(10)
    story.say(11, left_out=True)
    story.watch(frame(10, through=11, left_out=1), frame(11, how=How.PERSONAL))
    assert found(story) == {}

    story.watch(frame(through=11, left_out=1), frame(10, how=How.PERSONAL))

    assert found(story) == {"lost": 1, "miscounted": 1}


def test_reply_told_apart_twice_is_doubled(story):
    story.say(10, left_out=True)
    apart = frame(10, how=How.PERSONAL)
    story.watch(frame(through=10, left_out=1), apart, apart)

    assert found(story) == {"doubled": 1}


# --- presses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "counted", "refused", "exact", "wrong"),
    [
        (5, 5, 0, True, 0),
        (5, 6, 0, False, 1),
        (5, 4, 0, False, 0),
        (5, 4, 1, True, 0),
        (5, 3, 1, True, 1),
    ],
)
def test_presses_are_counted_once(story, sent, counted, refused, exact, wrong):
    story.presses[ROOM, "like"] = Presses(sent, counted)
    story.presses_refused, story.presses_exact = refused, exact

    assert judge(story).presses == wrong
