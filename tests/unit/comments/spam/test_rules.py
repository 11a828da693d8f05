"""The rules of a room: what they may say, how they are kept, and what the layers make of them."""

import json
from datetime import timedelta

import pytest

from comments.spam import patterns
from comments.spam.layers import Layers, Said, SpamSettings
from comments.spam.patterns import BadPattern, PatternEntry, PatternList
from comments.spam.reading import read
from comments.spam.rules import (
    DEFAULTS,
    BadRules,
    Pattern,
    Rules,
    Word,
    check,
    dump,
    parse,
    settings_of,
)
from comments.spam.verdict import Action, Reason
from livecomments.accounts.models import Standing
from livecomments.protocol import LinksMode

NEW, KNOWN, TRUSTED = Standing
ALLOW, FLAG, HOLD, BLOCK = Action
LINK = "see a.example.com/x"


def judged(text, rules=DEFAULTS, links=LinksMode.HOLD, standing=NEW, **said):
    layers = Layers(settings_of(rules, links=links))
    return layers.judge(Said(1, text, standing, timedelta(days=10), **said), 0.0)


# --- kept and exchanged --------------------------------------------------------------------------


def test_what_is_kept_comes_back_and_shows_every_setting():
    rules = Rules(
        copies="flag",
        words=(Word("gnome", "mask"),),
        patterns=(Pattern("b+uy", "hold"),),
        hosts=("example.com",),
        report_threshold=0,
    )
    assert parse(dump(rules)) == rules
    assert json.loads(dump(DEFAULTS)).keys() == set(Rules.__struct_fields__)
    assert dump(rules).count("\n") > len(Rules.__struct_fields__)  # a line a setting: for diffs


def test_what_is_left_out_has_its_default():
    assert parse("{}") == DEFAULTS
    assert parse('{"raid": "block"}') == Rules(raid="block")


def test_defaults_are_those_of_the_layers():
    assert settings_of(DEFAULTS) == SpamSettings()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("nonsense", "cannot be read"),
        ('{"copys": "hold"}', "unknown field `copys`"),
        ('{"copies": "delete"}', "`$.copies`"),
        ('{"model_sure": "block"}', "`$.model_sure`"),
        ('{"words": [{"term": "gnome"}]}', "`action`"),
        ('{"words": [{"term": "gnome", "action": "mask", "note": 1}]}', "unknown field `note`"),
        ('{"words": [{"term": "x", "action": "mask"}]}', "2 to 500 characters"),
        ('{"patterns": [{"pattern": "(a", "action": "hold"}]}', "'(a' cannot be used"),
        ('{"patterns": [{"pattern": "a*", "action": "hold"}]}', "found in almost every text"),
        ('{"patterns": [{"pattern": "a", "action": "allow"}]}', "`$.patterns[0].action`"),
        ('{"hosts": ["https://example.com/"]}', "looks like example.org"),
        ('{"hosts": ["localhost"]}', "looks like example.org"),
        ('{"report_threshold": -1}', "from 0 to 1000"),
        ('{"report_threshold": "many"}', "`$.report_threshold`"),
        (" " * (1 << 20) + "{}", "a megabyte at most"),
        (b"\xff", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(raw, says):
    with pytest.raises(BadRules) as refused:
        parse(raw)
    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "rules",
    [
        Rules(words=tuple(Word(f"term{number}", "hold") for number in range(1_001))),
        Rules(patterns=tuple(Pattern(f"term{number}", "hold") for number in range(51))),
        Rules(hosts=tuple(f"host{number}.example" for number in range(1_001))),
        Rules(patterns=(Pattern("a" * 301, "hold"),)),
    ],
)
def test_lists_are_bounded(rules):
    with pytest.raises(BadRules, match=r"at most|1 to 300"):
        check(rules)


# --- links: the mode of the room over its rules --------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "new", "known"),
    [
        (LinksMode.ALLOW, ALLOW, ALLOW),
        (LinksMode.HOLD, HOLD, FLAG),
        (LinksMode.BLOCK, BLOCK, FLAG),
        (LinksMode.LISTED, BLOCK, BLOCK),
    ],
)
def test_links_mode_goes_over_the_rules(mode, new, known):
    rules = Rules(links_known="flag", hosts=("Example.ORG",))
    assert judged(LINK, rules, mode).action == new
    assert judged(LINK, rules, mode, KNOWN).action == known
    for standing in Standing:
        assert judged("see www.example.org/y", rules, mode, standing).action == ALLOW
    assert judged(LINK, rules, mode, staff=True).action == ALLOW


# --- patterns ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["BUUUY it", "b\u200buuuy it", "say вuuuy"])
def test_pattern_is_found_whatever_the_capitals_and_in_the_plain_view(text):
    rules = Rules(patterns=(Pattern(r"\bbu+y\b", "block"),))
    verdict = judged(text, rules)
    assert (verdict.action, verdict.reason) == (BLOCK, Reason.PATTERNS)
    assert verdict.detail == r"\bbu+y\b"


def test_strictest_pattern_decides():
    entries = [PatternEntry("a", FLAG), PatternEntry("b", BLOCK), PatternEntry("c", HOLD)]
    found = PatternList(entries)
    assert [found.find(text, read(text).seen).action for text in ("a", "acb", "ca")] == [
        FLAG,
        BLOCK,
        HOLD,
    ]
    assert found.find("xyz", read("xyz").seen) is None


def test_pattern_that_keeps_other_engines_busy_does_not_keep_this_one():
    found = PatternList([PatternEntry("(a+)+$|(a|aa)+b", HOLD)])
    text = "a" * 1_500 + "!"
    assert found.find(text, read(text).seen) is None


def test_pattern_that_needs_too_much_memory_is_refused(monkeypatch):
    monkeypatch.setattr(patterns, "MEMORY_BYTES", 20_000)
    with pytest.raises(BadPattern, match="cannot be used"):
        PatternList([PatternEntry("((a{1,100}){1,10}b){1,100}", HOLD)])


@pytest.mark.parametrize(
    "pattern", [".", ".+", "[a-z]*x?", "^.", "(?s).{2,}$", r"\S", r"[^\d]", r"\pL", "x|.", ".{8}"]
)
def test_pattern_that_finds_almost_anything_is_refused(pattern):
    with pytest.raises(BadRules) as refused:
        check(Rules(patterns=(Pattern(pattern, "block"),)))
    assert str(refused.value) == f"The pattern {pattern!r} is found in almost every text."


@pytest.mark.parametrize(
    "pattern", [r"\p{Cyrillic}", "[a-z]{3}", r"\p{Han}", ".{150}", r"\d", r"[^\x00-\x7f]", "e|и"]
)
def test_pattern_for_one_script_or_for_what_is_long_is_taken(pattern):
    check(Rules(patterns=(Pattern(pattern, "hold"),)))


def test_pattern_sees_accents_as_letters():
    found = PatternList([PatternEntry("^caf[éè]$", HOLD)])
    assert found.find("CAFÉ", read("CAFÉ").seen) is not None
