"""Find links in a text. Sync, pure, a few microseconds.

What a reader could follow or copy counts: addresses with a scheme or `www.`, bare host names under
the domains that links mostly have, under any ending when a path follows, and numbered hosts with a
port or a path. The page makes anchors of https addresses alone.
"""

import re
import unicodedata
from typing import NamedTuple

import regex

# A bare name is taken for one only under these: "wait.what" is a typing slip, not a host.
_ENDINGS = (
    r"(?:com|net|org|info|biz|xyz|top|online|site|shop|store|club|link|click|app|dev|io|gg|tv|cc|ly"
    r"|casino|icu|cfd|sbs|cyou|pw|ru|cn|tk|ml|ga|cf|gq|su|ws|de|fr|uk|eu|br|jp|kr|pl|nl|ua|gl|рф|укр"
    r"|бел|xn--\w+)(?![\w-])(?!\.\w)"
)
# Others are words or the ends of file names as well: only with a path behind them. Whether there is
# such an ending is not asked; new ones come every year.
_BEFORE_A_PATH = r"\p{L}{2,24}(?::\d{2,5})?(?:/[\p{L}\p{N}?#%~@_-]|\?\w+=)"
_DOT_IN_WORD = re.compile(r"\.\w")
_SCHEME = r"[a-z][a-z0-9+.-]{1,15}://"
_LABEL = r"[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\."
_LABELS_AT_MOST = 30  # of a name whose letters are parted by dots
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_LINK = regex.compile(
    rf"\b(?P<scheme>{_SCHEME})(?=\S)"
    r"|\b(?P<www>www\.\w)"
    rf"|(?<![\w.@-])(?:{_LABEL}){{1,{_LABELS_AT_MOST}}}{_ENDINGS}"
    rf"|(?<![\w.@-])(?:{_LABEL}){{0,{_LABELS_AT_MOST}}}(?=\p{{N}}*[\p{{L}}]){_LABEL}"
    rf"{_BEFORE_A_PATH}"
    # Four numbers alone are a version, and with two figures behind a stroke a part of a network.
    rf"|(?<![\w.@-]){_BYTE}(?:\.{_BYTE}){{3}}(?::\d{{2,5}}\b|/(?!\d{{1,2}}\b)[\w?#%~@-])",
    regex.IGNORECASE,
)
# As adverts mostly have them, for the model: by the many other endings, a word whose letters are
# disguised looks like an address now and then.
_USUAL_WORDS = r"(?:at|be|co|es|in|is|it|live|me|so|to|us)/\w"
_USUAL = regex.compile(
    rf"\b{_SCHEME}\S|\bwww\.\w|(?<![\w.@-])(?:{_LABEL}){{1,5}}(?:{_ENDINGS}|{_USUAL_WORDS})",
    regex.IGNORECASE,
)
_AUTHORITY = regex.compile(r"[^\s/?#\\]*")
_NEXT_SCHEME = regex.compile(r"[a-z][a-z0-9+.-]{1,15}:$", regex.IGNORECASE)
_HOST = regex.compile(r"[\p{L}\p{N}\p{M}._-]*")
# What is said behind the host belongs to it, up to a sign that addresses hardly have.
_REST = regex.compile(
    rf"(?:[/?#\\:](?:(?!{_SCHEME})[\p{{L}}\p{{N}}\p{{M}}._~:/?#\\@&+=%-])*)?", regex.IGNORECASE
)


class Found(NamedTuple):
    """The hosts of a text, as they were written, and what it says besides."""

    hosts: list[str]  # empty for one that cannot be told
    rest: str


def has_link(text: str) -> bool:
    """True when a text that was cleaned names an address that one may go to."""
    plain = _readable(text)
    return plain is not None and _LINK.search(plain) is not None


def has_usual_link(text: str) -> bool:
    """True when a text that was cleaned has a link of the kinds that most links are."""
    plain = _readable(text)
    return plain is not None and _USUAL.search(plain) is not None


def find_links(text: str) -> Found:
    """Return every host that a cleaned text names, and the text without these addresses."""
    plain = _readable(text)
    if plain is None:
        return Found([], text)
    hosts, rest, at = [], [], 0
    while match := _LINK.search(plain, at):
        rest.append(plain[at : match.start()])
        host, at = _host_at(plain, match)
        hosts.append(host)
    return Found(hosts, " ".join([*rest, plain[at:]]) if hosts else text)


def _readable(text: str) -> str | None:
    """The text as browsers read it; None where it surely has no address: most of all chat."""
    if text.isascii():
        return text if "://" in text or _DOT_IN_WORD.search(text) else None
    # Wide letters and dots of other scripts are what a browser makes of them.
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    return plain if "://" in plain or _DOT_IN_WORD.search(plain) else None


def _host_at(text: str, match: "regex.Match[str]") -> tuple[str, int]:
    """The host of an address, without scheme, user and port, and where the address ends."""
    start = match.end() if match["scheme"] else match.start()
    until = _end_of(_AUTHORITY, text, start)
    authority = text[start:until]
    if text.startswith("//", until):
        authority = _NEXT_SCHEME.sub("", authority)  # another address begins there
    start += authority.rfind("@") + 1
    end = _end_of(_HOST, text, start)
    host = text[start:end].strip(".").casefold()
    # Between two names that are parted by several dots nobody can tell which one is meant.
    return "" if ".." in host else host, _end_of(_REST, text, max(end, match.start() + 1))


def _end_of(pattern: "regex.Pattern[str]", text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
