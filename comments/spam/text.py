"""Clean a text or refuse it. Sync, pure, a few microseconds.

Text is stored plain and shown as text nodes; what is refused here is what would let one comment
reach out of its own line: controls, bidirectional overrides, stacks of marks. Lengths are counted
in graphemes, as people count. Rules T1-T6 of docs/PROTOCOL.md.
"""

import hashlib
import unicodedata

import regex

from livecomments.errors import DomainError
from livecomments.protocol import COMMENT_MAX_CODEPOINTS, COMMENT_MAX_GRAPHEMES, ErrorCode

MAX_MARKS_ON_A_BASE = 4  # Vietnamese and Hebrew with points need three; "zalgo" needs dozens

# Pasted line ends and tabs are spaces to a one-line comment.
_SPACES = regex.compile(r"[\s\p{Zs}\p{Zl}\p{Zp}]+")
# Zero-width and tag characters say nothing by themselves; they hide a repeated text from the rules.
# Kept: joiners inside emoji and inside scripts that spell with them, tags behind a black flag.
_TAGS = r"[\U000E0020-\U000E007F]"
_SPELT_WITH_JOINERS = r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Indic_Syllabic_Category=Virama}]"
_PICTURE = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]"
# The characters come first and what stands around them second: most texts hold none of them.
_INVISIBLE = regex.compile(
    rf"\U0001F3F4{_TAGS}+(*SKIP)(*FAIL)"
    rf"|\u200C(?<!{_SPELT_WITH_JOINERS}\u200C)"
    rf"|\u200D(?<!{_SPELT_WITH_JOINERS}\u200D)(?!(?<={_PICTURE}\u200D)\p{{Extended_Pictographic}})"
    r"|[\u200B\u2060-\u206F\uFEFF\u00AD\u034F\u180E\U0001BCA0-\U0001BCA3"
    r"\U0001D173-\U0001D17A\U000E0000-\U000E007F]"
)
_REFUSED = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Co}\p{Bidi_Control=Yes}\p{Noncharacter_Code_Point=Yes}\uFFF9-\uFFFB]"
)
# Joiners do not end a stack: what follows one still stands on the same base.
_TOO_MANY_MARKS = regex.compile(rf"(?:\p{{M}}[\u200C\u200D]*+){{{MAX_MARKS_ON_A_BASE + 1}}}")
# What of a text that passed still cannot be read. Joiners of emoji and tags of flags can: they
# make another picture.
_UNREAD = regex.compile(
    rf"[\p{{Default_Ignorable_Code_Point}}--[\u200D{_TAGS}]]|\u200D(?<!{_PICTURE}\u200D)",
    regex.VERSION1,
)
_VISIBLE = regex.compile(r"[^\p{Z}\p{C}\p{M}\u2800\u3164\uFFA0\u115F\u1160]|\p{Co}")
_GRAPHEME = regex.compile(r"\X")


def clean(text: str) -> str:
    """Return the text as it is stored and shown. Raises `empty`, `too_long` or `not_text`."""
    if len(text) > 4 * COMMENT_MAX_CODEPOINTS:
        raise DomainError(ErrorCode.TOO_LONG)  # before any work that grows with the length
    if text.isascii() and text.isprintable():
        cleaned = " ".join(text.split())  # nothing below can apply, and this is most of all chat
    else:
        cleaned = _clean_unicode(text)
    if not cleaned:
        raise DomainError(ErrorCode.EMPTY)
    if len(cleaned) > COMMENT_MAX_GRAPHEMES and count_graphemes(cleaned) > COMMENT_MAX_GRAPHEMES:
        raise DomainError(ErrorCode.TOO_LONG)
    if len(cleaned) > COMMENT_MAX_CODEPOINTS:
        raise DomainError(ErrorCode.TOO_LONG)
    return cleaned


def _clean_unicode(text: str) -> str:
    spaced = _spaced_once(text)
    if _REFUSED.search(spaced):
        raise DomainError(ErrorCode.NOT_TEXT)
    cleaned = _settled(spaced)
    if spaced and not _VISIBLE.search(cleaned):
        raise DomainError(ErrorCode.NOT_TEXT)  # something was sent, but nothing that can be seen
    return cleaned


def _settled(text: str) -> str:
    """Return the text in NFC and without what is invisible. Raises `not_text`.

    Either may bring the other about, hence the rounds; as stacks of marks are short, so are they.
    """
    while True:
        cleaned = _spaced_once(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
        if _TOO_MANY_MARKS.search(cleaned):
            raise DomainError(ErrorCode.NOT_TEXT)
        if cleaned == text:
            return cleaned
        text = cleaned


def _spaced_once(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


def count_graphemes(text: str) -> int:
    """Return how many characters a person would count."""
    return len(_GRAPHEME.findall(text))


def excerpt(text: str, *, graphemes: int = 80) -> str:
    """Return the beginning of a text, for a quote; cut between graphemes."""
    if len(text) <= graphemes:
        return text
    found = _GRAPHEME.findall(text)
    return text if len(found) <= graphemes else "".join(found[:graphemes]) + "…"


def digest(text: str) -> str:
    """Return a short digest under which texts that read the same are the same."""
    if text.isascii():
        folded = text.casefold()
    else:
        folded = _UNREAD.sub("", unicodedata.normalize("NFKC", text).casefold())
    return hashlib.blake2b(folded.encode(), digest_size=9).hexdigest()


def fingerprint(*parts: str) -> str:
    """Return a digest that differs when any part differs in any way."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
