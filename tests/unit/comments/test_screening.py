"""The layers on spam in the write path: what is held, refused, masked and marked."""

import asyncio

import pytest

from comments import domain
from comments.spam.rules import DEFAULTS, Rules
from comments.spam.verdict import RULES, Reason
from livecomments.errors import SENTENCES
from livecomments.protocol import CommentAccepted, CommentHeld, ErrorCode, Role
from livecomments.tickets import Identity, now_ms
from tests.rooms import MODERATOR, ROOM, log_entries, open_room, person
from tests.screening import LINK, WORDS, look_again, raid, refusal_of, say, set_rules

pytestmark = pytest.mark.usefixtures("no_model")


# --- what becomes of a post ----------------------------------------------------------------------


async def test_near_copies_are_held_with_reason_detail_and_public_rule(room):
    *shown, held = await raid(5)

    assert [type(answer) for answer in shown] == [CommentAccepted] * 4
    entry = (await log_entries())[-1]
    assert held == CommentHeld(
        nonce="raid 4", hold=str(entry.id), reason="spam_copies", rule=RULES[Reason.COPIES]
    )
    assert (entry.kind, entry.body.reason) == ("comment.held", "spam_copies")
    assert entry.body.detail == "5 people, 5 without standing"


async def test_link_of_somebody_new_is_held_and_of_somebody_known_is_shown(room):
    known = Identity(8, "Known", Role.VIEWER, 1, person().joined_ms)
    young = Identity(9, "Young", Role.VIEWER, 1, now_ms() - 1_000)

    assert (await say(LINK)).reason == "spam_links"
    assert isinstance(await say(LINK, known), CommentAccepted)
    assert (await say(LINK, young)).reason == "spam_links"  # standing is not sold on the first day
    assert [entry.body.detail for entry in await log_entries()][::2] == ["a.example.com"] * 2


async def test_refused_word_reaches_no_log_and_tells_the_rule(room, redis):
    await set_rules(redis, WORDS)

    assert await refusal_of("my g.n.0.m.e") == (ErrorCode.RULE_BROKEN, RULES[Reason.WORDS])
    assert await log_entries() == []
    assert isinstance(await say("my g.n.0.m.e", MODERATOR), CommentAccepted)


async def test_masked_word_is_stored_and_acknowledged_masked(room, redis):
    await set_rules(redis, WORDS)

    answer = await say("that WEED again")

    (entry,) = await log_entries()
    assert (entry.kind, entry.body.reason) == ("comment.posted", "")
    assert entry.body.text == answer.comment.text == "that •••• again"


async def test_flagged_comment_is_shown_and_marked(room, redis):
    await set_rules(redis, Rules(links_new="flag"))

    assert isinstance(await say(LINK), CommentAccepted)

    (entry,) = await log_entries()
    assert (entry.kind, entry.body.reason, entry.body.detail) == (
        "comment.posted",
        "spam_links",
        "a.example.com",
    )


async def test_flagged_comment_in_a_room_that_reviews_is_held_for_the_review(redis):
    await open_room(review=True)
    await set_rules(redis, Rules(links_new="flag"))

    answer = await say(LINK)

    assert (answer.reason, answer.rule) == ("review", domain.REVIEW_RULE)
    assert (await log_entries())[0].body.reason == "spam_links"  # for those who look at it


@pytest.mark.parametrize(
    ("mode", "message"),
    [("block", RULES[Reason.LINKS]), ("listed", SENTENCES[ErrorCode.LINKS_NOT_ALLOWED])],
)
async def test_links_mode_refuses(room, redis, mode, message):
    await set_rules(redis, Rules(hosts=("example.org",)), links=mode)

    assert await refusal_of(LINK) == (ErrorCode.LINKS_NOT_ALLOWED, message)
    assert isinstance(await say("see example.org/y"), CommentAccepted)
    assert isinstance(await say(LINK, MODERATOR), CommentAccepted)


async def test_standing_only_holds_what_people_without_standing_say(room, redis):
    await set_rules(redis, DEFAULTS, standing_only=1)
    known = Identity(8, "Known", Role.VIEWER, 1, person().joined_ms)

    held = await say("hello")

    assert (held.reason, held.rule) == ("standing", RULES[Reason.STANDING])
    assert isinstance(await say("hello there", known), CommentAccepted)
    assert isinstance(await say("hello all", MODERATOR), CommentAccepted)


async def test_replies_go_the_same_way(room, redis):
    await set_rules(redis, WORDS)
    first = (await say("hello")).comment
    offer = domain.offer_comment(
        ROOM, author=person(8), address="::1", nonce="r", text="a pond", target=first
    )

    await asyncio.wait([offer.admitted])

    assert (offer.answer().reason, offer.said.reply_to) == ("spam_words", first.id)


# --- the same answer again -----------------------------------------------------------------------


async def test_held_comment_is_answered_the_same_whatever_the_layers_say_later(room, redis):
    await set_rules(redis, WORDS)
    held = await say("my pond", nonce="n")

    await set_rules(redis, DEFAULTS, version=2)
    await look_again()

    assert await say("my pond", nonce="n") == held
    assert held.reason == "spam_words"


async def test_shown_comment_is_answered_the_same_when_it_would_be_refused_now(room, redis):
    shown = await say("my gnome", nonce="n")

    await set_rules(redis, WORDS)
    await look_again()

    assert await say("my gnome", nonce="n") == shown
    assert await refusal_of("my gnome", nonce="other") == (
        ErrorCode.RULE_BROKEN,
        RULES[Reason.WORDS],
    )


@pytest.mark.parametrize(("before", "after"), [(WORDS, DEFAULTS), (DEFAULTS, WORDS)])
async def test_masked_comment_is_answered_as_it_was_stored(room, redis, before, after):
    await set_rules(redis, before)
    first = await say("a weed", nonce="n")

    await set_rules(redis, after, version=2)
    await look_again()

    assert await say("a weed", nonce="n") == first
    assert first.comment.text == ("a ••••" if before is WORDS else "a weed")
    assert len(await log_entries()) == 1


async def test_nonce_of_another_text_is_refused_before_any_rule(room, redis):
    await say("hello", nonce="n")
    await set_rules(redis, WORDS)
    await look_again()

    assert (await refusal_of("my gnome", nonce="n"))[0] is ErrorCode.NONCE_REUSED


async def test_refused_comment_takes_nothing_of_the_quota(room, redis):
    await set_rules(redis, WORDS)

    for number in range(12):
        assert (await refusal_of(f"gnome {number}"))[0] is ErrorCode.RULE_BROKEN

    assert isinstance(await say("hello"), CommentAccepted)
