"""The layers on spam in the write path: what is held, refused, masked and marked."""

import asyncio
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from comments import domain, rulehits, screening
from comments.rulehits import Found, read_hits
from comments.spam import modelfile
from comments.spam.model import Model
from comments.spam.rules import DEFAULTS, Pattern, Rules, Word, dump
from comments.spam.verdict import RULES, Action, Reason
from livecomments import protocol, redisdb
from livecomments.errors import SENTENCES, DomainError
from livecomments.protocol import CommentAccepted, CommentHeld, ErrorCode, Role
from livecomments.tickets import Identity, now_ms
from tests.rooms import MODERATOR, OTHER_ROOM, ROOM, log_entries, open_room, person

MESSAGE = "come and see the garden gnomes next door"
LINK = "see a.example.com/x"
WORDS = Rules(words=(Word("gnome", "block"), Word("pond", "hold"), Word("weed", "mask")))


@pytest.fixture(autouse=True)
def no_model(monkeypatch, tmp_path):
    """No model but what a test puts in its place."""
    file = modelfile.ModelFile(tmp_path / "model.json")
    monkeypatch.setattr(screening, "model_file", lambda: file)
    return file


@pytest.fixture
async def room(redis):
    await open_room()
    return ROOM


async def set_rules(redis, rules, room=ROOM, version=1, **modes):
    raw = rules if isinstance(rules, str) else dump(rules)
    fields = {"rules": raw, "rules_version": version}
    await redis.hset(redisdb.state(room), mapping=fields | modes)


async def look_again():
    """What was looked up is too old from now on."""
    for found in screening.screening()._rooms.values():
        found.looked_up = found.asked = float("-inf")


async def say(text, author=None, nonce=None, room=ROOM):
    author = author or person()
    return await domain.post_comment(
        room, author=author, address="192.0.2.1", nonce=nonce or text[:60], text=text
    )


async def refusal_of(text, *args, **kwargs):
    with pytest.raises(DomainError) as refused:
        await say(text, *args, **kwargs)
    return refused.value.code, refused.value.message


async def raid(count, start=100, text=MESSAGE):
    return [await say(text, person(start + n), f"raid {n}") for n in range(count)]


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


# --- the rules -----------------------------------------------------------------------------------


async def test_first_post_of_a_room_is_judged_by_its_rules_also_without_waiting(room, redis):
    await set_rules(redis, WORDS)

    offers = [
        domain.offer_comment(ROOM, author=person(n), address="::1", nonce="n", text=f"{text} {n}")
        for n, text in enumerate(["my gnome", "my pond", "my weed", "my rose"])
    ]
    await asyncio.wait([offer.admitted for offer in offers])

    with pytest.raises(DomainError):
        offers[0].answer()
    assert offers[1].answer().reason == "spam_words"
    assert [offer.said.text for offer in offers[2:]] == ["my •••• 2", "my rose 3"]
    # In the order in which they came.
    assert [entry.body.author for entry in await log_entries()] == [1, 2, 3]


async def test_changed_rules_hold_within_a_second_in_a_room_that_is_busy(room, redis):
    await say("my gnome 0")
    await set_rules(redis, WORDS)

    end = time.monotonic() + 10
    codes = []
    while time.monotonic() < end and ErrorCode.RULE_BROKEN not in codes:
        offer = domain.offer_comment(
            ROOM, author=person(len(codes)), address="::1", nonce="n", text="my gnome"
        )
        await asyncio.wait([offer.admitted])
        error = offer.admitted.exception()
        codes.append(offer.refusal.code if error else None)
        await asyncio.sleep(0.05)

    assert codes[-1] is ErrorCode.RULE_BROKEN


async def test_broken_rules_are_said_once_and_the_last_good_ones_hold(room, redis, caplog):
    await set_rules(redis, WORDS)
    assert (await refusal_of("gnome one"))[0] is ErrorCode.RULE_BROKEN

    await set_rules(redis, '{"copies": "perhaps"}', version=2)
    for number in range(3):
        await look_again()
        assert (await refusal_of(f"gnome {number}"))[0] is ErrorCode.RULE_BROKEN

    assert len([r for r in caplog.records if "are not followed" in r.message]) == 1
    await set_rules(redis, DEFAULTS, version=3)
    await look_again()
    assert isinstance(await say("gnome four"), CommentAccepted)


async def test_broken_rules_of_a_room_that_never_had_others_stop_nobody(room, redis):
    await set_rules(redis, "nonsense")
    assert isinstance(await say("hello"), CommentAccepted)


async def test_rules_are_those_of_the_room(room, redis):
    await open_room(OTHER_ROOM)
    await set_rules(redis, WORDS)

    assert (await refusal_of("my gnome"))[0] is ErrorCode.RULE_BROKEN
    assert isinstance(await say("my gnome", room=OTHER_ROOM), CommentAccepted)


async def test_redis_that_is_away_makes_a_post_busy_not_judged_for_ever(away):
    assert (await refusal_of("hello"))[0] is ErrorCode.BUSY
    await redisdb.close()


async def test_quiet_rooms_are_forgotten(redis, monkeypatch):
    rooms = screening.Screening()
    moment = SimpleNamespace(monotonic=lambda: 1_000.0)
    monkeypatch.setattr(screening, "time", moment)
    rooms.screen(ROOM, person(), "hello")

    moment.monotonic = lambda: 1_700.0
    rooms.screen(OTHER_ROOM, person(), "hello")

    assert list(rooms._rooms) == [OTHER_ROOM.id]


async def test_rooms_are_bounded(redis, monkeypatch):
    monkeypatch.setattr(screening, "ROOMS_AT_MOST", 3)
    rooms = screening.Screening()
    for number in range(5):
        rooms.screen(ROOM.__class__(number, 0, f"r{number}"), person(), "hello")
    assert sorted(rooms._rooms) == [2, 3, 4]


# --- the model -----------------------------------------------------------------------------------


async def test_model_is_loaded_and_loaded_again_when_its_file_changes(room, redis, no_model):
    sure = Model("m1", 9.0, 1.0, 0.0, 1.0, {}, {}, {})
    assert isinstance(await say("anything 1"), CommentAccepted)

    sure.save(no_model.path)
    no_model._looked = float("-inf")
    await look_again()
    held = await say("anything 2")
    no_model.path.unlink()
    no_model._looked = float("-inf")
    await look_again()

    assert (held.reason, held.rule) == ("spam_model", RULES[Reason.MODEL])
    assert isinstance(await say("anything 3"), CommentAccepted)


def test_file_that_is_no_model_leaves_the_last_one_in_place(no_model, caplog):
    Model("m1", 9.0, 1.0, 0.0, 1.0, {}, {}, {}).save(no_model.path)
    no_model.look()
    no_model.path.write_text("something else")

    no_model.look()
    no_model.look()

    assert no_model.model.version == "m1"
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


# --- what other processes post -------------------------------------------------------------------


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
    rooms._rooms[ROOM.id].layers.learn = lambda said, now, caught: learnt.append(said.author)

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
    found.layers.learn = lambda said, now, caught: seconds.update([int(now)])

    for moment in (100.0, 101.0):
        for author in range(10):
            rooms.overheard(ROOM, posted(author, MESSAGE), moment)

    assert seconds == {100: 3, 101: 3}


# --- hits ----------------------------------------------------------------------------------------


async def hits_of(redis):
    await screening.screening().drain()
    return await read_hits(ROOM)


async def test_hits_are_counted_by_layer_and_by_entry(room, redis):
    await set_rules(
        redis,
        Rules(words=(*WORDS.words, Word("pot|tery", "hold")), patterns=(Pattern("b+uy", "flag"),)),
    )
    for number, text in enumerate(["a pond", "pond 2", "a weed", "buy", LINK, "pot|tery", "hi"]):
        await say(text, person(number))
    await refusal_of("gnome", person(8))

    assert await hits_of(redis) == [
        Found(Reason.WORDS, "pond", 2),
        Found(Reason.LINKS, "", 1),
        Found(Reason.PATTERNS, "b+uy", 1),
        Found(Reason.WORDS, "gnome", 1),
        Found(Reason.WORDS, "pot|tery", 1),
        Found(Reason.WORDS, "weed", 1),
    ]


async def test_answer_that_is_given_again_and_a_refused_post_are_no_hits(room, redis):
    await set_rules(redis, WORDS)
    for _ in range(3):
        await say("my pond", nonce="n")
    await refusal_of("my pond", nonce="other")  # identical text

    assert await hits_of(redis) == [Found(Reason.WORDS, "pond", 1)]


async def test_hits_are_written_by_themselves(room, redis, monkeypatch):
    monkeypatch.setattr(rulehits, "FLUSH_SECONDS", 0.01)
    await say(LINK)

    end = time.monotonic() + 10
    while time.monotonic() < end and not await redis.exists(redisdb.rule_hits(ROOM)):
        await asyncio.sleep(0.01)

    assert await screening.hits(ROOM) == [Found(Reason.LINKS, "", 1)]


async def test_hits_of_one_room_are_bounded(room, redis, monkeypatch):
    monkeypatch.setattr(rulehits, "FIELDS_AT_MOST", 10)
    await redis.hset(redisdb.rule_hits(ROOM), mapping={f"spam_words|{n}": 1 for n in range(11)})
    await say(LINK)

    assert await hits_of(redis) == [Found(Reason.LINKS, "", 1)]
