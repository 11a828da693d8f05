"""A made-up raid, to see from which message on it is held. Sync, pure.

Many new accounts post one text, each lightly edited, at random moments of a few seconds. The texts
are this module's own, in several languages, with and without a link.
"""

from dataclasses import dataclass
from random import Random

from .disguise import homoglyphs, leet, spaced, zero_width
from .layers import Layers, Said, SpamSettings
from .model import Model
from .verdict import Action

TEXTS = (
    "everyone leave this boring room and come over to the better one",
    "Dieser Kanal ist der letzte Mist, geht alle nach Hause",
    "今天大家都去隔壁的直播间看看吧那里更好玩",
    "все уходим отсюда, тут скучно и ведущий нас не слышит",
    "free coins for the first hundred people at coins-for-all.example.com",
    "このはいしんはつまらないからみんなでほかのへやにいきましょう",
)
_ENDINGS = ("", "!", "!!!", " 😂", " 🔥🔥", " lol", "...", " ok", " 123", " pls")


@dataclass(frozen=True, slots=True)
class Raid:
    """What became of one raid. Numbers count from 1; `held_from`: from there on all were held."""

    text: str
    messages: int
    held: int
    held_from: int
    seconds_to_held_from: float


def rehearse(
    text: str, *, model: Model | None, accounts: int = 50, seconds: float = 4.0, seed: int = 1
) -> Raid:
    """Return what becomes of a raid with a text in a room that is otherwise quiet."""
    chance = Random(seed)
    layers = Layers(SpamSettings(), model)
    moments = sorted(chance.uniform(0, seconds) for _ in range(accounts))
    held = []
    for number, moment in enumerate(moments):
        verdict = layers.judge(Said(f"raider {number}", edited(text, chance)), 1000.0 + moment)
        held.append(verdict.action >= Action.HOLD)
    through = [number for number, was_held in enumerate(held, 1) if not was_held]
    held_from = (through[-1] if through else 0) + 1
    until = moments[min(held_from, accounts) - 1] - moments[0]
    return Raid(text, accounts, sum(held), held_from, until)


def edited(text: str, chance: Random) -> str:
    """Return the text with a light edit or two, or disguised."""
    edits = (_other_case, _typing_slip, _letter_left_out, _other_sign, homoglyphs, leet, zero_width)
    for edit in chance.sample(edits, chance.randint(0, 2)):
        text = edit(text, chance)
    if chance.random() < 0.05:
        text = spaced(text, chance)
    return text + chance.choice(_ENDINGS)


def _other_case(text: str, chance: Random) -> str:
    return chance.choice((text.upper(), text.lower(), text.title()))


def _typing_slip(text: str, chance: Random) -> str:
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _letter_left_out(text: str, chance: Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :]


def _other_sign(text: str, chance: Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("-_*. ") + text[at:]
