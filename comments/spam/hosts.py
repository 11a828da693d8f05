"""Where the links of a text lead, and what a room makes of them. Sync, pure, a few microseconds.

`links` says whether there is one; here are the hosts, for the list of those that are allowed. An
address that is written for people alone ("name dot com", "name [.] com") is a link too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import regex

from livecomments.accounts.models import Standing

from .links import find_links, has_link
from .normalise import Views, views
from .verdict import Action

DISGUISED = "(disguised)"  # stands for a host that cannot be told
# Only under endings that are no words, as "dot" and a full stop stand in sentences as well; a dot
# in brackets does not.
_WRITTEN_OUT = regex.compile(
    r"[\w-]{2,} ?[(\[{] ?(?:\.|dot) ?[)\]}] ?\p{L}{2,24}(?![\w'’])"
    r"|[\w-]{2,}(?: dot | \. ?)(?:com|net|org|info|ru|xyz|biz|io|tv)(?![\w'’])"
)
# A name whose letters are parted by dots, "e.x.a.m.p.l.e.n.e.t".
_PARTED = regex.compile(r"(?<![^\W_]|\.)[^\W_](?:\.[^\W_]){4,}(?![^\W_])")
_PARTED_ENDING = regex.compile(r"\w{2,}(?:com|net|org|info|xyz|biz)", regex.IGNORECASE)

# Without one of these a text has neither an address nor letters that could be put together to one:
# a dot before a letter, "dot", slashes, brackets around either, three letters with signs between.
_MAY_NAME_ONE = re.compile(
    r"\. ?\w|dot|[:/] ?/|[(\[{] ?\.|[(\[{] \w |\w[._*~|/,:+'-]\w[._*~|/,:+'-]\w", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """Who may post links in a room. `allowed` hosts and all below them are open to everyone."""

    by_standing: Mapping[Standing, Action] = field(
        default_factory=lambda: {
            Standing.NEW: Action.HOLD,
            Standing.KNOWN: Action.ALLOW,
            Standing.TRUSTED: Action.ALLOW,
        }
    )
    # A younger account has no standing as to links, whatever its record.
    age_from: timedelta = timedelta(days=1)
    allowed: frozenset[str] = frozenset()

    def action_for(self, standing: Standing | None, age: timedelta) -> Action:
        """Return what becomes of links, other than the allowed ones, of such a person."""
        known_as = standing if standing and age >= self.age_from else Standing.NEW
        return self.by_standing.get(known_as, Action.HOLD)

    def allows(self, hosts: tuple[str, ...]) -> bool:
        """True when all of these are open to everyone."""
        return all(_is_allowed(host, self.allowed) for host in hosts)


def names_none(text: str) -> bool:
    """True for a text that names no host, as far as that is seen at once: for most of all chat."""
    return text.isascii() and not _MAY_NAME_ONE.search(text)


def hosts_in(text: str, seen: Views) -> tuple[str, ...]:
    """Return the hosts that a text names, each once; `DISGUISED` for those not spelt as one."""
    hosts, rest = find_links(text)
    # One that is spelt out does not make up for another behind it that is not.
    if _is_written_out(rest, views(rest).plain if hosts else seen.plain):
        hosts.append("")
    return tuple(dict.fromkeys(host or DISGUISED for host in hosts))


def _is_written_out(text: str, plain: str) -> bool:
    if "." not in plain and "dot" not in plain and "://" not in plain and "." not in text:
        return False  # most of all chat
    if has_link(plain) or _WRITTEN_OUT.search(plain):
        return True
    parted = (found[0].replace(".", "") for found in _PARTED.finditer(text))
    return any(_PARTED_ENDING.fullmatch(name) for name in parted)


def _is_allowed(host: str, allowed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in allowed for at in range(len(labels)))
