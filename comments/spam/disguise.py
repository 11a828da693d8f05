"""How spam is disguised: the same text, written so that machines miss it. Sync, pure.

Training adds disguised copies of its texts, so that the model rests on what survives a disguise;
the evaluation asks how much of the spam is still recognised under each. Every letter is disguised
by chance among several ways, so that neither rests on one table.
"""

from collections.abc import Callable, Mapping
from random import Random

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LOOKALIKES = {
    "a": "аɑα", "b": "ЬƄ", "c": "сϲᴄ", "d": "ԁɗ", "e": "еҽ", "g": "ɡց", "h": "һ", "i": "іɩ",
    "j": "јϳ", "k": "κк", "l": "ӏⅼ", "m": "м", "n": "ո", "o": "оοσ", "p": "рρ", "q": "ԛ",
    "s": "ѕꜱ", "t": "тτ", "u": "υս", "v": "νѵ", "w": "ԝ", "x": "хχ", "y": "уγ", "z": "ᴢ",
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "K": "КΚ", "M": "МΜ",
    "N": "Ν", "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "ҮΥ",
}  # fmt: skip
_LEET = {
    "a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7",
    "z": "2",
}  # fmt: skip
_SEPARATORS = (" ", ".", "-", "_", "*")


def zero_width(text: str, chance: Random) -> str:
    """The text with invisible characters between its letters."""
    return "".join(letter + chance.choice(_ZERO_WIDTH) for letter in text)


def homoglyphs(text: str, chance: Random) -> str:
    """The text in letters of other scripts, as far as there are any that look the same."""
    return _replaced(text, _LOOKALIKES, chance)


def leet(text: str, chance: Random) -> str:
    """The text with digits and signs for letters."""
    return _replaced(text.lower(), _LEET, chance)


def spaced(text: str, chance: Random) -> str:
    """The text letter by letter; where a word ends is lost, as it is once spaces are collapsed."""
    return " ".join(text.replace(" ", ""))


def parted(text: str, chance: Random) -> str:
    """The text with its longer words taken apart by one sign."""
    sign = chance.choice(_SEPARATORS)
    return " ".join(sign.join(word) if len(word) > 3 else word for word in text.split(" "))


def styled(text: str, chance: Random) -> str:
    """The text in the letters of mathematics or of full width."""
    start = chance.choice((0x1D400, 0x1D5D4, 0x1D670, 0xFF21))
    small = 0xFF41 if start == 0xFF21 else start + 26
    return "".join(
        chr(start + ord(letter) - 65)
        if "A" <= letter <= "Z"
        else chr(small + ord(letter) - 97)
        if "a" <= letter <= "z"
        else letter
        for letter in text
    )


def mixed(text: str, chance: Random) -> str:
    """The text with a third of its letters as look-alikes and a third in leet."""
    return "".join(chance.choice((_as_it_is, _one_lookalike, _one_leet))(c, chance) for c in text)


def _as_it_is(letter: str, chance: Random) -> str:
    return letter


def _one_lookalike(letter: str, chance: Random) -> str:
    return chance.choice(_LOOKALIKES.get(letter, letter))


def _one_leet(letter: str, chance: Random) -> str:
    return chance.choice(_LEET.get(letter, letter))


def _replaced(text: str, table: Mapping[str, str], chance: Random) -> str:
    return "".join(chance.choice(table.get(letter, letter)) for letter in text)


DISGUISES: Mapping[str, Callable[[str, Random], str]] = {
    "zero-width": zero_width,
    "homoglyph": homoglyphs,
    "leet": leet,
    "spaced letters": spaced,
    "parted words": parted,
    "styled letters": styled,
    "mixed": mixed,
}
