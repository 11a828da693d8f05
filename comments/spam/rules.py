"""What the staff of a room decided about spam, as it is kept and exchanged: JSON. Sync, pure.

`Rules` is what a form fills in and a file holds; `settings_of` makes of it what the layers work
with. Every version of a room's rules is kept by the archive; the present one is a field of the room
state, so that the rules hold while PostgreSQL is away. See docs/SPAM.md.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args

import msgspec
import regex

from livecomments.accounts.models import Standing
from livecomments.protocol import LinksMode

from .hosts import LinkPolicy
from .layers import SpamSettings
from .lists import LONGEST_TERM, TERMS_AT_MOST, BadTerm, Entry, WordAction, WordList
from .patterns import LONGEST_PATTERN, PATTERNS_AT_MOST, BadPattern, PatternEntry, PatternList
from .verdict import Action

Step = Literal["allow", "flag", "hold", "block"]  # what a layer's finding leads to; allow: off
MildStep = Literal["allow", "flag", "hold"]  # the model never refuses anything by itself
PatternStep = Literal["flag", "hold", "block"]
WordStep = Literal["mask", "hold", "block"]

STEPS: tuple[str, ...] = get_args(Step)
HOSTS_AT_MOST = 1_000
REPORT_THRESHOLD_AT_MOST = 1_000
RULES_MAX_BYTES = 1 << 20
LINK_AGE = timedelta(days=1)

_HOST = regex.compile(r"[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+")


class BadRules(Exception):
    """One sentence that says what is wrong with the rules."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what is kept. Everything is written out, so that a file shows what can be set."""


class Word(_Part, frozen=True):
    """One line of the word list. `term` as it was typed; an asterisk at an end: goes on there."""

    term: str
    action: WordStep


class Pattern(_Part, frozen=True):
    """One pattern in the syntax of RE2."""

    pattern: str
    action: PatternStep


class Rules(_Part, frozen=True):
    """What a room does with what each layer finds, and its lists."""

    copies: Step = "hold"
    words: tuple[Word, ...] = ()
    words_at_most: Step = "block"  # an entry's own action, up to this one
    patterns: tuple[Pattern, ...] = ()
    links_new: Step = "hold"  # from people without standing, or younger than a day
    links_known: Step = "allow"
    links_trusted: Step = "allow"
    hosts: tuple[str, ...] = ()  # everybody may post links to these, and to all below them
    model_sure: MildStep = "hold"
    model_unsure: MildStep = "flag"
    model_standing: MildStep = (
        "allow"  # of people with standing, whatever the score; allow: unasked
    )
    raid: Step = "hold"
    report_threshold: int = 5  # the weight of reports that hides a comment; 0: reports never do


DEFAULTS = Rules()

_decoder = msgspec.json.Decoder(Rules)


def parse(raw: str | bytes) -> Rules:
    """Return the rules of a JSON text, checked. Raises `BadRules`."""
    if len(raw) > RULES_MAX_BYTES:
        raise BadRules("Rules have a megabyte at most.")
    try:
        rules = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadRules(f"The rules cannot be read: {error}.") from None
    check(rules)
    return rules


def dump(rules: Rules) -> str:
    """Return the rules as JSON, the same for the same rules, a line a setting."""
    return msgspec.json.format(msgspec.json.encode(rules), indent=2).decode()


def check(rules: Rules) -> None:
    """Raise `BadRules` for what no room can work with."""
    if not 0 <= rules.report_threshold <= REPORT_THRESHOLD_AT_MOST:
        raise BadRules(f"The report threshold is from 0 to {REPORT_THRESHOLD_AT_MOST}.")
    settings_of(rules)


def settings_of(rules: Rules, *, links: LinksMode = LinksMode.HOLD) -> SpamSettings:
    """Return what the layers work with, in a room with this links mode. Raises `BadRules`.

    A long word list takes tens of milliseconds: not for the event loop.
    """
    try:
        words = [Entry(word.term, WordAction[word.action.upper()]) for word in rules.words]
        patterns = [PatternEntry(one.pattern, _action(one.action)) for one in rules.patterns]
        return SpamSettings(
            copies=_action(rules.copies),
            words=WordList(words) if words else None,
            words_at_most=_action(rules.words_at_most),
            patterns=PatternList(patterns) if patterns else None,
            links=_link_policy(rules, links),
            model_sure=_action(rules.model_sure),
            model_unsure=_action(rules.model_unsure),
            model_standing=_action(rules.model_standing),
            raid=_action(rules.raid),
        )
    except (BadTerm, BadPattern) as problem:
        raise BadRules(str(problem)) from None


def _link_policy(rules: Rules, mode: LinksMode) -> LinkPolicy:
    """The rules say what becomes of links in a room that holds them; other modes go over them."""
    wanted: Mapping[Standing, Action] = {
        Standing.NEW: _action(rules.links_new),
        Standing.KNOWN: _action(rules.links_known),
        Standing.TRUSTED: _action(rules.links_trusted),
    }
    if mode is LinksMode.ALLOW:
        wanted = dict.fromkeys(Standing, Action.ALLOW)
    elif mode is LinksMode.BLOCK:
        wanted = {**wanted, Standing.NEW: Action.BLOCK}
    elif mode is LinksMode.LISTED:
        wanted = dict.fromkeys(Standing, Action.BLOCK)
    return LinkPolicy(by_standing=wanted, age_from=LINK_AGE, allowed=_hosts(rules.hosts))


def _hosts(hosts: tuple[str, ...]) -> frozenset[str]:
    if len(hosts) > HOSTS_AT_MOST:
        raise BadRules(f"{HOSTS_AT_MOST} hosts are allowed at most.")
    for host in hosts:
        if len(host) > 253 or not _HOST.fullmatch(host):
            raise BadRules(f"A host looks like example.org; {host[:60]!r} does not.")
    return frozenset(host.casefold() for host in hosts)


def _action(step: str) -> Action:
    return Action[step.upper()]


__all__ = [
    "DEFAULTS",
    "HOSTS_AT_MOST",
    "LONGEST_PATTERN",
    "LONGEST_TERM",
    "PATTERNS_AT_MOST",
    "STEPS",
    "TERMS_AT_MOST",
    "BadRules",
    "Pattern",
    "Rules",
    "Word",
    "check",
    "dump",
    "parse",
    "settings_of",
]
