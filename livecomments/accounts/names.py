"""What may be a display name. Sync, pure.

A name stands beside every comment, so it must not reorder, hide or imitate the text around it, nor
be taken for the name of somebody who has a say here.
"""

import unicodedata
from collections.abc import Iterable

import regex
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .lookalikes import readings

NAME_MAX_LENGTH = 40  # the column's; code points, so never fewer than the graphemes it shows
FOLDED_MAX_LENGTH = 150  # the column's of the user name
MAX_MARKS_PER_BASE = 4  # more is a tower over the neighbouring rows, not a language
# What nobody is called: the words of badges, and of those who write in our name.
OFFICES = ("admin", "administrator", "broadcaster", "host", "mod", "moderator", "staff", "support")
# Controls, formats (bidi, zero width), surrogates, private use, unassigned, line separators.
REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks by category that show nothing: fillers, selectors, the empty Braille cell. The
# selector that gives a picture its colours is one of the picture.
_UNSEEN = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\u2800](?<!\p{Extended_Pictographic}\uFE0F)"
)


def cleaned_name(text: str) -> str:
    """The display name in NFC with single spaces. Raises ValidationError where it is no name."""
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in text):
        raise ValidationError(_("This name contains characters that are not allowed."))
    if _UNSEEN.search(text):
        raise ValidationError(_("This name contains characters that cannot be seen."))
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not any(character.isalnum() for character in name):
        raise ValidationError(_("A name needs a letter or a digit."))
    if len(name) > NAME_MAX_LENGTH:
        raise ValidationError(
            _("A name has at most %(count)d characters."), params={"count": NAME_MAX_LENGTH}
        )
    if len(folded(name)) > FOLDED_MAX_LENGTH:  # a few letters are whole sentences in one
        raise ValidationError(_("This name is too long to be compared with others."))
    if _tallest_tower(name) > MAX_MARKS_PER_BASE:
        raise ValidationError(_("This name stacks too many marks on one letter."))
    return name


def folded(name: str) -> str:
    """The form in which two names are compared: no capitals, no look-alike widths."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def looks_like_any(name: str, others: Iterable[str]) -> bool:
    """True when a reader could take the name for one of the others."""
    wanted = readings(name)
    return any(wanted & readings(other) for other in others)


def _tallest_tower(name: str) -> int:
    tallest = height = 0
    for character in unicodedata.normalize("NFD", name):
        height = height + 1 if unicodedata.combining(character) else 0
        tallest = max(tallest, height)
    return tallest
