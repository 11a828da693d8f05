"""Each rule about what was acknowledged, stored and shown, on histories small enough to read."""

from dataclasses import replace
from math import inf

import pytest

from livecomments.protocol import RECENT_COMMENTS
from tests.faults.checker import judge
from tests.faults.history import Began, How, Kind, Loss, Row, Said, View
from tests.faults.story import ANN, HIDE, ROOM, Story, found, frame, news, posted


@pytest.fixture
def story():
    return Story()


def test_all_is_well(story):
    story.say(10, 11, 12)
    story.watch(frame(10), frame(11, 12))
    story.watch(frame(12), recent=(10, 11), through=11)

    verdict = judge(story)

    assert verdict.holds
    assert (verdict.acknowledged, verdict.views) == (3, 2)


# --- lost -----------------------------------------------------------------------------------------


def test_acknowledged_and_not_stored_is_lost(story):
    story.say(10, 11)
    story.watch(frame(10, 11))
    del story.rows[0]

    assert found(story) == {"lost": 1}


def test_not_shown_is_lost_for_each_viewer(story):
    story.say(10, 11, 12)
    view = story.watch(frame(10), frame(12))
    story.views.append(replace(view, name="another who was told the very same"))
    story.watch(frame(10), frame(12))

    assert found(story) == {"lost": 3}


def test_last_one_not_shown_is_lost_unless_the_viewer_has_left(story):
    story.say(10, 11)
    story.watch(frame(10))
    story.watch(frame(10), stayed=False)

    assert found(story) == {"lost": 1}


def test_viewer_without_a_welcome_has_lost(story):
    story.say(10)
    story.views.append(View("nobody", ROOM))

    assert found(story) == {"lost": 1}


def test_not_shown_before_a_reload_is_lost(story):
    numbers = range(10, 10 + 2 * RECENT_COMMENTS)
    story.say(*numbers)
    view = story.watch(frame(10), frame(12))
    view.told.append(Began(0.0, numbers[-1], tuple(numbers[-RECENT_COMMENTS:])))

    assert found(story) == {"lost": 1}


def test_hole_behind_a_resume_is_lost(story):
    story.say(10, 11, 12)
    story.watch(frame(10), frame(through=11, how=How.BACKFILL), frame(12))

    assert found(story) == {"lost": 1}


def test_reload_owes_the_recent_list_only(story):
    numbers = range(10, 10 + 2 * RECENT_COMMENTS)
    story.say(*numbers)
    newest = tuple(numbers[-RECENT_COMMENTS:])
    view = story.watch(frame(10))
    view.told.append(Began(0.0, newest[-1], newest))

    assert found(story) == {}


def test_hole_in_the_recent_list_is_lost(story):
    numbers = range(10, 10 + 2 * RECENT_COMMENTS)
    story.say(*numbers)
    newest = numbers[-RECENT_COMMENTS - 1 :]
    story.watch(recent=tuple(newest[:5]) + tuple(newest[6:]), through=newest[-1])

    assert found(story) == {"lost": 1}


def test_short_recent_list_holds_all_there_is(story):
    story.say(10, 11)
    story.watch(recent=(11,), through=11)

    assert found(story) == {"lost": 1}


def test_what_came_before_the_run_is_not_judged(story):
    story.rows.append(Row(5, ROOM, ANN, "from somebody else"))
    story.begins[ROOM] = 5
    story.say(10)
    story.watch(frame(10), recent=(5,), through=5)
    story.shown[5] = Said(ROOM, ANN, "from somebody else")

    assert found(story) == {}


def test_action_that_is_not_stored_is_lost(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    story.archived_actions.clear()
    story.watch(frame(10), news(11, (HIDE, 10)))

    assert found(story) == {"lost": 1}


def test_loss_of_redis_is_forgiven(story):
    story.say(10)
    post = story.send("n11")
    post.ok(11, False, story.tick())
    story.watch(frame(10), frame(11))
    assert found(story) == {"lost": 1}

    story.losses.append(Loss(post.answered - 0.5, post.answered + 0.5))

    assert found(story) == {}
    assert judge(story).forgiven == 1


def test_an_action_that_was_lost_with_redis_leaves_what_was_done_before(story):
    story.say(10)
    story.do(HIDE, 10, 11)
    lost = story.act(Kind.RESTORED, ROOM, 10, story.tick())
    lost.ok(12)
    story.watch(frame(10), news(11, (HIDE, 10)))
    assert found(story) != {}

    story.losses.append(Loss(lost.invoked, lost.invoked))

    assert found(story) == {}


# --- doubled --------------------------------------------------------------------------------------


def test_two_rows_for_one_nonce_are_doubled(story):
    story.say(10)
    story.store(story.posts["n10"], 11)
    story.watch(frame(10), stayed=False)

    assert found(story) == {"doubled": 1}


def test_two_answers_for_one_nonce_are_doubled(story):
    story.say(10)
    story.posts["n10"].ok(11, False, story.tick())
    story.watch(frame(10))

    assert found(story)["doubled"] == 1


def test_shown_twice_is_doubled(story):
    story.say(10, 11)
    story.watch(frame(10), frame(10, 11))

    assert found(story) == {"doubled": 1}


def test_shown_in_the_recent_list_and_again_is_doubled(story):
    story.say(10, 11)
    story.watch(frame(10, 11), recent=(10,), through=10)

    assert found(story) == {"doubled": 1}


def test_shown_again_by_a_reload_is_right(story):
    story.say(10, 11)
    view = story.watch(frame(10), frame(11))
    view.told.append(Began(0.0, 11, (10, 11)))

    assert found(story) == {}


def test_id_that_two_comments_had_is_doubled(story):
    story.say(10, 11)
    story.watch(frame(10), frame(11))
    story.saw(10, Said(ROOM, ANN, "n11 hello"))

    assert found(story) == {"doubled": 2}  # one id for two comments, one comment with two ids


def test_id_that_was_given_again_after_a_loss_is_doubled(story):
    lost = story.send("n9")
    lost.ok(10, False, story.tick())
    story.losses.append(Loss(lost.answered, lost.answered))
    story.say(10)
    story.watch(frame(10))
    story.saw(10, Said(ROOM, ANN, "n9 hello"))

    assert found(story) == {"doubled": 1}


# --- reordered ------------------------------------------------------------------------------------


def test_shown_out_of_order_is_reordered(story):
    story.say(10, 11)
    story.watch(news(11, posted(11), posted(10)))

    assert found(story) == {"reordered": 1}


def test_shown_in_a_late_message_is_reordered(story):
    story.say(10, 11, 12)
    story.watch(frame(11, through=11), frame(10, 12))

    assert found(story) == {"reordered": 1}


def test_shown_behind_where_the_viewer_stood_is_reordered(story):
    story.say(10, 12)
    story.watch(frame(10, through=14), frame(12, through=15))

    assert found(story) == {"reordered": 1}


def test_shown_before_its_message_is_reordered(story):
    story.say(10, 11)
    story.watch(frame(10, 11, through=10))

    assert found(story) == {"reordered": 1}


def test_id_below_one_acknowledged_before_is_reordered(story):
    story.say(11, 10)
    story.watch(frame(10, 11))

    assert found(story) == {"reordered": 1}


def test_ids_of_posts_that_overlap_may_have_any_order(story):
    first, second = story.send("n11"), story.send("n10")
    for post, number in ((first, 11), (second, 10)):
        post.ok(number, False, story.tick())
        story.store(post, number)
    story.watch(frame(10, 11))

    assert found(story) == {}


# --- ghosts ---------------------------------------------------------------------------------------


def test_refused_and_shown_is_a_ghost(story):
    story.say(10)
    story.send("n11").refused("rate_limited", story.tick())
    story.watch(frame(10, 11))

    assert found(story) == {"ghosts": 1}


def test_held_and_stored_is_a_ghost(story):
    post = story.send("n10")
    post.held(story.tick())
    story.store(post, 10)

    assert found(story) == {"ghosts": 1}


def test_never_sent_is_a_ghost(story):
    story.say(10)
    story.watch(frame(10, 11))

    assert found(story) == {"ghosts": 1}


@pytest.mark.parametrize(
    "said", [Said(ROOM, ANN + 1, "n10 hello"), Said(ROOM, ANN, "n10 hell"), Said(4, ANN, "n10")]
)
def test_sent_otherwise_is_a_ghost(story, said):
    story.say(10)
    story.watch(frame(10))
    story.shown[10] = said

    assert found(story) == {"ghosts": 1}


def test_hidden_by_nobody_is_a_ghost(story):
    story.say(10)
    story.watch(frame(10), news(11, (HIDE, 10)))

    assert found(story) == {"ghosts": 1}


# --- unknown --------------------------------------------------------------------------------------


def test_unknown_may_be_stored_and_shown_or_neither(story):
    for number in (10, 11):
        story.send(f"n{number}").unknown(story.tick())
    story.store(story.posts["n10"], 10)
    story.watch(frame(10))

    assert found(story) == {}
    assert judge(story).unknown == 2


def test_unknown_and_stored_is_owed_to_everybody(story):
    story.send("n10").unknown(story.tick())
    story.store(story.posts["n10"], 10)
    story.watch(frame(10))
    story.watch()

    assert found(story) == {"lost": 1}


def test_unknown_and_shown_must_be_stored(story):
    story.send("n10").unknown(story.tick())
    story.watch(frame(10))

    assert found(story) == {"diverged": 1}


# --- what is noted --------------------------------------------------------------------------------


def test_text_must_carry_the_nonce(story):
    with pytest.raises(ValueError, match="cannot stand"):
        story.invoke("n1", ROOM, ANN, "hello", 0.0)


def test_nonce_is_used_once(story):
    story.send("n1")

    with pytest.raises(ValueError, match="cannot stand"):
        story.send("n1")


def test_first_answer_decides_the_outcome(story):
    post = story.send("n1")
    assert post.answered == inf

    post.unknown(5.0)
    post.ok(10, False, 7.0)

    assert (post.outcome.value, post.answered, post.ids) == ("unknown", 5.0, [10])
