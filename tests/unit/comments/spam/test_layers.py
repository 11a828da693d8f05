"""The layers in their order: one verdict, its reason, and the rule that a sender is told."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comments.spam.hosts import LinkPolicy
from comments.spam.layers import Layers, Said, SpamSettings
from comments.spam.lists import Entry, WordAction, WordList
from comments.spam.model import Model
from comments.spam.verdict import RULES, Action, Reason
from livecomments.accounts.models import Standing

NEW, KNOWN = Standing.NEW, Standing.KNOWN
ALLOW, FLAG, HOLD, BLOCK = Action
MESSAGE = "come and see the garden gnomes next door"
LINK = "see a.example.com/x"


def scoring(score, *, flag_from=0.0, hold_from=1.0):
    """A model that gives every text the same score."""
    return Model("m1", score, hold_from, flag_from, 1.0, {}, {}, {})


def judged(text, *, settings=None, model=None, standing=NEW, age=10, staff=False):
    layers = Layers(settings or SpamSettings(), model)
    return layers.judge(Said(1, text, standing, timedelta(days=age), staff), 0.0)


def test_plain_comment_is_allowed():
    verdict = judged("hello there")
    assert (verdict.action, verdict.reason, verdict.rule) == (ALLOW, None, "")
    assert verdict.text == "hello there"


def test_raid_is_held_with_its_reason_and_rule():
    layers = Layers(SpamSettings())
    verdicts = [layers.judge(Said(author, MESSAGE), author / 10) for author in range(6)]
    assert [verdict.action for verdict in verdicts] == [ALLOW] * 4 + [HOLD] * 2
    last = verdicts[-1]
    assert (last.reason, last.detail) == (Reason.COPIES, "6 people, 6 without standing")
    assert last.rule == RULES[Reason.COPIES]


@pytest.mark.parametrize(
    ("standing", "age", "action"),
    [(NEW, 10, HOLD), (KNOWN, 10, ALLOW), (KNOWN, 0.5, HOLD)],
)
def test_links_depend_on_standing_and_age(standing, age, action):
    verdict = judged(LINK, standing=standing, age=age)
    assert verdict.action == action
    assert verdict.reason == (Reason.LINKS if action else None)


def test_links_to_allowed_hosts_are_open_to_everyone():
    settings = SpamSettings(links=LinkPolicy(allowed=frozenset({"example.com"})))
    assert judged(LINK, settings=settings).action == ALLOW
    assert judged(LINK + " other.example.org", settings=settings).action == HOLD


@pytest.mark.parametrize("action", list(Action))
def test_setting_of_a_layer_decides_what_becomes_of_it(action):
    policy = LinkPolicy(by_standing={NEW: action})
    assert judged(LINK, settings=SpamSettings(links=policy)).action == action


@pytest.mark.parametrize(
    ("kind", "action", "text"),
    [
        (WordAction.BLOCK, BLOCK, "a gn0me"),
        (WordAction.HOLD, HOLD, "a gn0me"),
        (WordAction.MASK, ALLOW, "a •••••"),
    ],
)
def test_word_lists_block_hold_and_mask(kind, action, text):
    verdict = judged("a gn0me", settings=SpamSettings(words=WordList([Entry("gnome", kind)])))
    assert (verdict.action, verdict.text) == (action, text)


def test_word_that_cannot_be_masked_is_held():
    words = WordList([Entry("red hats", WordAction.MASK)])
    layers = Layers(SpamSettings(words=words))
    assert layers.judge(Said(1, "my red hats"), 0.0).text == "my ••• ••••"
    verdict = layers.judge(Said(1, "buyredhatshere r.e.d.h.a.t.s"), 0.0)
    assert verdict.action == HOLD or "•" in verdict.text


def test_words_can_be_limited_to_hold():
    words = WordList([Entry("gnome", WordAction.BLOCK)])
    assert judged("gnome", settings=SpamSettings(words=words, words_at_most=HOLD)).action == HOLD


@pytest.mark.parametrize(("score", "action"), [(-1.0, ALLOW), (0.5, FLAG), (2.0, HOLD)])
def test_model_holds_when_sure_and_flags_when_not(score, action):
    verdict = judged("anything", model=scoring(score))
    assert verdict.action == action
    assert verdict.reason == (Reason.MODEL if action else None)


@pytest.mark.parametrize("action", [ALLOW, FLAG, HOLD])
def test_setting_decides_what_the_model_does_to_people_with_standing(action):
    settings = SpamSettings(model_standing=action)
    verdict = judged("anything", settings=settings, model=scoring(9.0), standing=KNOWN)
    assert verdict.action == action


def test_model_is_not_asked_about_people_with_standing_by_default():
    assert judged("anything", model=scoring(9.0), standing=KNOWN).action == ALLOW


def test_model_never_refuses():
    with pytest.raises(ValueError, match="holds at most"):
        SpamSettings(model_sure=BLOCK)


def test_model_can_be_switched_off():
    settings = SpamSettings(model_sure=ALLOW, model_unsure=ALLOW)
    assert judged("anything", settings=settings, model=scoring(9.0)).action == ALLOW


def test_strictest_layer_decides_and_all_are_told():
    words = WordList([Entry("gnome", WordAction.HOLD)])
    policy = LinkPolicy(by_standing={NEW: BLOCK})
    settings = SpamSettings(words=words, links=policy)
    verdict = judged(LINK + " gnome", settings=settings, model=scoring(9.0))
    assert (verdict.action, verdict.reason) == (BLOCK, Reason.LINKS)
    # What was refused is not shown to the model.
    assert [hit[:2] for hit in verdict.hits] == [(Reason.WORDS, HOLD), (Reason.LINKS, BLOCK)]


def test_of_equally_strict_layers_the_first_is_the_reason():
    words = WordList([Entry("gnome", WordAction.HOLD)])
    verdict = judged(LINK + " gnome", settings=SpamSettings(words=words))
    assert (verdict.action, verdict.reason) == (HOLD, Reason.WORDS)


def test_staff_is_not_judged():
    words = WordList([Entry("gnome", WordAction.BLOCK)])
    settings = SpamSettings(words=words)
    assert (
        judged(LINK + " gnome", settings=settings, model=scoring(9.0), staff=True).action == ALLOW
    )


def test_raid_mode_holds_what_strangers_say_and_nobody_else():
    layers = Layers(SpamSettings())
    for author in range(30):
        layers.judge(Said(author, MESSAGE), author / 10)
    verdict = layers.judge(Said("new", "good evening"), 3.0)
    assert (verdict.action, verdict.reason) == (HOLD, Reason.RAID)
    assert layers.judge(Said("old", "good evening", KNOWN), 3.0).action == ALLOW
    assert layers.judge(Said("new", "good evening"), 700.0).action == ALLOW


def test_what_other_processes_saw_counts():
    layers = Layers(SpamSettings())
    for author in range(4):
        layers.learn(Said(author, MESSAGE), 0.0)
    assert layers.judge(Said("fifth", MESSAGE + "!"), 0.1).reason == Reason.COPIES


def crowded(layers, texts, per_second=2_000):
    """The verdicts on what as many new people say at that rate."""
    return [
        layers.judge(Said(number, text), number / per_second) for number, text in enumerate(texts)
    ]


def test_in_a_flood_only_a_sample_is_compared_and_shown_to_the_model():
    layers = Layers(SpamSettings(copies=ALLOW), scoring(0.5))
    verdicts = crowded(layers, [f"number {number} says hello" for number in range(6_000)])
    by_second = [sum(bool(v.hits) for v in verdicts[at : at + 2_000]) for at in (0, 2_000, 4_000)]
    assert by_second == [200, 200, 200]
    # Evenly: the end of a second is looked at as the beginning is.
    assert sum(bool(verdict.hits) for verdict in verdicts[3_800:4_000]) == 20


def test_in_a_flood_links_and_words_are_judged_all_the_same():
    words = WordList([Entry("gnome", WordAction.BLOCK)])
    texts = [LINK if number % 2 else f"gnome {number}" for number in range(2_000)]
    verdicts = crowded(Layers(SpamSettings(copies=ALLOW, words=words)), texts)
    # Raid mode comes with so many caught, and changes nothing of that.
    assert {verdict.action for verdict in verdicts[::2]} == {BLOCK}
    assert {verdict.action for verdict in verdicts[1::2]} == {HOLD}


def test_people_with_standing_take_no_place_in_the_sample():
    layers = Layers(SpamSettings(), scoring(9.0))
    for number in range(1_000):
        layers.judge(Said(f"known {number}", "hello", KNOWN), number / 2_000)
    assert layers.judge(Said("new", "something else"), 0.9).reason == Reason.MODEL


def test_every_reason_has_a_public_rule():
    assert set(RULES) == set(Reason)
    assert all(rule.endswith(".") for rule in RULES.values())


ODD = st.text(st.sampled_from("@!/.:-_ aZé今🔥\u200b\u0301٠") | st.characters(), max_size=60)


@example("@https://a.example/x")
@example("@a.example")
@given(ODD)
def test_no_text_breaks_a_layer(text):
    layers = Layers(SpamSettings())
    for author, staff in ((1, False), (2, False), (3, True)):
        layers.judge(Said(author, text, staff=staff), 0.0)
        layers.learn(Said(author + 10, text, staff=staff), 0.1)
