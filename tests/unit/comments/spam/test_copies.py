"""Near-copies: raids are held, the crowd is not, and what is remembered is bounded."""

from hashlib import blake2b
from random import Random

import pytest

from comments.spam import copies as module
from comments.spam import layers, sketch
from comments.spam.copies import Copies
from comments.spam.reading import Reading, read
from comments.spam.rehearsal import TEXTS, edited, rehearse
from livecomments.accounts.models import Standing

NEW, KNOWN = Standing.NEW, Standing.KNOWN
MESSAGE = "come and see the garden gnomes next door"


def observed(copies, author, text, now=0.0, standing=NEW, link=False):
    return copies.observe(author, standing, read(text), now, link=link)


def wave(texts, standings=None, copies=None, step=0.1, link=False):
    """Whether each of the texts, by one author each, is held."""
    copies = Copies() if copies is None else copies
    standings = standings or [NEW] * len(texts)
    return [
        observed(copies, number, text, number * step, standing, link).held
        for number, (text, standing) in enumerate(zip(texts, standings, strict=True))
    ]


def test_fifth_author_of_one_text_is_held():
    assert wave([MESSAGE] * 7) == [False] * 4 + [True] * 3


@pytest.mark.parametrize("text", TEXTS)
def test_raid_of_edited_copies_is_held_from_the_eighth_message_on(text):
    for seed in range(20):
        raid = rehearse(text, model=None, seed=seed)
        assert (raid.messages, raid.held_from <= 8) == (50, True), (seed, raid)


@pytest.mark.parametrize("salt", [42, 53, 54, 83, 139])  # a raid got through with each of these
@pytest.mark.parametrize("text", [text for text in TEXTS if not text.isascii()])
def test_raid_is_held_whatever_the_hashes_of_a_process_are(text, salt, monkeypatch):
    def other_hash(key):
        return int.from_bytes(blake2b(f"{salt} {key}".encode(), digest_size=8).digest())

    monkeypatch.setattr(sketch, "hash", other_hash, raising=False)
    monkeypatch.setattr(layers, "read", Reading)  # those that are remembered have other keys
    assert max(rehearse(text, model=None, seed=seed).held_from for seed in range(20)) <= 8


@pytest.mark.parametrize(
    "text",
    [
        "gg",
        "LUL LUL LUL LUL LUL LUL",
        "!vote the second one",
        "哈" * 20,
        "1" * 40,
        "PartyHat PartyHat CakeTime PartyHat CakeTime",
        "@somebody_with_a_long_name yes",
    ],
)
def test_cheers_votes_and_emotes_are_the_crowd(text):
    assert wave([text] * 40) == [False] * 40


def test_address_is_what_is_said_also_behind_the_sign_of_a_mention():
    assert wave(["@https://a.example/x"] * 6, link=True) == [False] * 4 + [True] * 2


@pytest.mark.parametrize("text", ["@a.example", "@somebody", "!vote", ""])
def test_text_that_says_nothing_is_no_copy(text):
    copies = Copies()
    assert wave([text] * 40, copies=copies, link=True) == [False] * 40
    assert len(copies) == 0
    copies.said_by_staff(read(text), 0.0)


def test_short_text_with_a_link_is_held():
    assert wave(["a.example/x"] * 6, link=True) == [False] * 4 + [True] * 2


def test_one_author_is_no_wave():
    copies = Copies()
    assert not any(observed(copies, "same", MESSAGE, n).held for n in range(20))


def test_wave_of_people_with_standing_is_not_held():
    assert wave([MESSAGE] * 10, [KNOWN] * 10) == [False] * 10
    # Three of seven are strangers: not most of them.
    assert not wave([MESSAGE] * 7, [KNOWN] * 4 + [NEW] * 3)[-1]


def test_people_with_standing_in_a_raid_are_not_held():
    copies = Copies()
    assert wave([MESSAGE] * 8, copies=copies)[-1]
    assert not observed(copies, "regular", MESSAGE, 1.0, KNOWN).held


def test_wave_of_the_crowd_that_strangers_join_is_not_held_however_it_is_written():
    copies = Copies()
    chance = Random(5)
    for number in range(12):
        observed(copies, number, edited(MESSAGE, chance), number * 0.1, KNOWN)
    found = wave([edited(MESSAGE, chance) for _ in range(8)], copies=copies)
    assert found == [False] * 8


def test_what_people_with_standing_said_long_ago_does_not_count():
    copies = Copies()
    for number in range(12):
        observed(copies, f"known {number}", MESSAGE, 0.0, KNOWN)
    late = [observed(copies, number, MESSAGE, 100.0).held for number in range(6)]
    assert late == [False] * 4 + [True] * 2


def test_whoever_a_frame_alone_tells_of_is_one_of_the_wave_and_no_witness():
    copies = Copies()
    for number in range(10):
        observed(copies, f"elsewhere {number}", MESSAGE, 0.0, None)
    for number in range(3):
        observed(copies, f"known {number}", MESSAGE, 0.0, KNOWN)
    found = [observed(copies, number, MESSAGE, 1.0) for number in range(4)]
    # Of the seven whose standing is known, four are strangers only in the end.
    assert [seen.held for seen in found] == [False, False, False, True]
    assert found[-1].authors == 17


def test_wave_is_over_after_a_minute():
    copies = Copies()
    wave([MESSAGE] * 4, copies=copies)
    assert not observed(copies, "late", MESSAGE, 70.0).held
    assert observed(copies, "later", MESSAGE, 71.0).authors == 2


def test_slow_wave_counts_only_the_last_minute():
    assert not any(wave([MESSAGE] * 40, step=16.0))


def test_different_texts_are_no_wave():
    talk = [
        "what a lovely evening for all of us",
        "did anybody see the second half",
        "can somebody tell me the score please",
        "the second half was better than the first",
        "I have not seen a gnome in this garden yet",
        "what a lovely garden somebody has there",
        "my neighbour has a better one, with a pond",
    ]
    assert not any(wave(talk))


def test_pardoned_wave_is_not_held_any_more():
    copies = Copies()
    assert wave([MESSAGE] * 6, copies=copies)[-1]
    assert copies.pardon(read(MESSAGE.upper()))
    assert not observed(copies, "guest", MESSAGE + " !!", 1.0).held
    assert not copies.pardon(read("never said by anybody at all"))


def test_observed_again_an_author_counts_once():
    copies = Copies()
    for _ in range(3):
        found = observed(copies, 1, MESSAGE)
    assert (found.authors, found.strangers) == (1, 1)


def test_near_copies_share_sixty_percent_of_their_groups():
    chance = Random(3)
    copies = Copies()
    observed(copies, "first", MESSAGE)
    assert all(
        observed(copies, number, edited(MESSAGE, chance), 1.0).authors > 1 for number in range(50)
    )


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "TEXTS_AT_MOST", 50)
    chance = Random(1)
    copies = Copies()
    for number in range(300):
        text = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=60))
        observed(copies, number, text, number * 0.01)
    assert len(copies) == 50
    filed = {text for texts in copies._filed.values() for text in texts}
    assert filed == set(copies._texts.values())


def test_nothing_is_remembered_after_a_minute():
    copies = Copies()
    wave([MESSAGE, "another message that is long enough"], copies=copies)
    observed(copies, "x", "gg", 100.0)
    assert (len(copies), copies._filed) == (0, {})


def test_authors_of_a_wave_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "AUTHORS_AT_MOST", 10)
    copies = Copies()
    wave([MESSAGE] * 30, copies=copies)
    assert observed(copies, "x", MESSAGE, 3.0).authors == 10
