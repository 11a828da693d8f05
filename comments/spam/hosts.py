"""Where the links of a text lead, and what a room makes of them. Sync, pure, a few microseconds.

`links` says whether there is one; here are the hosts, for the list of those that are allowed. An
address that is written for people alone ("name dot com", "name [.] com") is a link too.
"""

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


def hosts_in(text: str, seen: Views) -> tuple[str, ...]:
    """Return the hosts that a text names, each once; `DISGUISED` for those not spelt as one."""
    found: list[str] = []
    if has_link(text):
        plain = unicodedata.normalize("NFKC", text).replace("。", ".")
        found = [_host(word) for word in plain.split() if has_link(word)] or [DISGUISED]
    elif has_link(seen.plain) or _WRITTEN_OUT.search(seen.plain):
        found = [DISGUISED]
    return tuple(dict.fromkeys(found))


def judge_links(
    hosts: tuple[str, ...], *, standing: Standing, age: timedelta, policy: LinkPolicy
) -> Action:
    """Return what becomes of a comment that names these hosts."""
    if all(_is_allowed(host, policy.allowed) for host in hosts):
        return Action.ALLOW
    known_as = standing if age >= policy.age_from else Standing.NEW
    return policy.by_standing.get(known_as, Action.HOLD)


def _host(word: str) -> str:
    """The host of an address: without scheme, user, port and path."""
    authority = _AUTHORITY_ENDS.split(_SCHEME.sub("", word), maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0]
    return host.strip(".,;!?()[]<>\"'*").casefold() or DISGUISED


def _is_allowed(host: str, allowed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in allowed for at in range(len(labels)))
