"""Where the links of a text lead, and what a room makes of them. Sync, pure, a few microseconds.

`links` says whether there is one; here are the hosts, for the list of those that are allowed. An
address that is written for people alone ("name dot com", "name [.] com") is a link too.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import regex

from livecomments.accounts.models import Standing

from .links import has_link
from .normalise import Views
from .verdict import Action

DISGUISED = "(disguised)"  # stands for a host that cannot be told
_SCHEME = regex.compile(r"^\W*[a-z][a-z0-9+.-]{1,15}://", regex.IGNORECASE)
_AUTHORITY_ENDS = regex.compile(r"[/?#\\]")
# Only under endings that are no words, as "dot" and a full stop stand in sentences as well.
_WRITTEN_OUT = regex.compile(
    r"[\w-]{2,}(?: ?[(\[{] ?(?:\.|dot) ?[)\]}] ?| dot | \. ?)"
    r"(?:com|net|org|info|ru|xyz|biz|io|tv)(?![\w'’])"
)

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
    found: list[str] = []
    if has_link(text):
        plain = unicodedata.normalize("NFKC", text).replace("。", ".")
        found = [_host(word) for word in plain.split() if has_link(word)] or [DISGUISED]
    elif _is_written_out(seen.plain):
        found = [DISGUISED]
    return tuple(dict.fromkeys(found))


def _is_written_out(plain: str) -> bool:
    if "." not in plain and "dot" not in plain and "://" not in plain:
        return False  # most of all chat
    return has_link(plain) or _WRITTEN_OUT.search(plain) is not None


def _host(word: str) -> str:
    """The host of an address: without scheme, user, port and path."""
    authority = _AUTHORITY_ENDS.split(_SCHEME.sub("", word), maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0]
    return host.strip(".,;!?()[]<>\"'*").casefold() or DISGUISED


def _is_allowed(host: str, allowed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in allowed for at in range(len(labels)))
