"""The rooms of the layers on spam: by which rules and which model each post is judged."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from comments import domain, screening
from comments.spam.model import Model
from comments.spam.rules import DEFAULTS
from comments.spam.verdict import RULES, Reason
from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import CommentAccepted, ErrorCode
from tests.rooms import OTHER_ROOM, ROOM, log_entries, open_room, person
from tests.screening import WORDS, look_again, refusal_of, say, set_rules

pytestmark = pytest.mark.usefixtures("no_model")


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
