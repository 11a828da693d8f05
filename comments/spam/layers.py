"""All layers on spam, in their order, as one answer. Sync, pure, ten microseconds of most comments.

Cheap before dear, and what is refused by one is not shown to the next. The limits, the size of a
text and an author's repeats are settled before a comment comes here. A room's settings say for each
layer what becomes of what it finds; ALLOW switches it off. Staff of a room are not judged.

One `Layers` a room and process; see `copies` for how several processes share what they see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from livecomments.accounts.models import Standing

from .copies import NOTHING, Copies, Seen
from .hosts import LinkPolicy
from .lists import WordAction, WordList
from .model import Model
from .patterns import PatternList
from .presence import Presence
from .raid import RaidWatch, Sign
from .reading import Reading, read
from .sketch import is_long
from .verdict import Action, Hit, Reason, Verdict, decided

_WORD_ACTIONS: Mapping[WordAction, Action] = {
    WordAction.MASK: Action.ALLOW,
    WordAction.HOLD: Action.HOLD,
    WordAction.BLOCK: Action.BLOCK,
}
NO_AGE = timedelta(0)
# Comments of people without standing, in one room and process, that are compared with others and
# shown to the model. What is more than that nobody reads, and a sample of a raid is a raid too.
LOOKED_AT_PER_SECOND = 200


@dataclass(frozen=True, slots=True)
class SpamSettings:
    """What a room does with what each layer finds."""

    copies: Action = Action.HOLD
    words: WordList | None = None
    words_at_most: Action = Action.BLOCK  # an entry's own action, up to this one
    patterns: PatternList | None = None
    links: LinkPolicy = field(default_factory=LinkPolicy)
    model_sure: Action = Action.HOLD
    model_unsure: Action = Action.FLAG
    # Of what people with standing say; ALLOW: the model is not asked, as hardly any of it is spam.
    model_standing: Action = Action.ALLOW
    raid: Action = Action.HOLD  # of people without standing, while raid mode is on

    def __post_init__(self) -> None:
        """Raises `ValueError`: the model never refuses anything by itself."""
        if max(self.model_sure, self.model_unsure, self.model_standing) > Action.HOLD:
            raise ValueError("The model holds at most.")


class Said(msgspec.Struct, frozen=True, gc=False):
    """A comment to be judged. `text` is clean; `staff` are moderators and the broadcaster.

    `standing` is None where it is not known: of what other processes posted.
    """

    author: int | str
    text: str
    standing: Standing | None = Standing.NEW
    age: timedelta = NO_AGE
    staff: bool = False


class _Sample:
    """Which comments are looked at where more of them come than can be: evenly many of each second,
    by how many there were in the one before."""

    __slots__ = ("before", "count", "second")

    def __init__(self) -> None:
        self.second = self.count = self.before = 0

    def takes(self, now: float) -> bool:
        """Counts a comment in; True when it is to be looked at."""
        second = int(now)
        if second != self.second:
            self.before = self.count if second == self.second + 1 else 0
            self.second, self.count = second, 0
        self.count += 1
        if self.before <= LOOKED_AT_PER_SECOND:
            return self.count <= LOOKED_AT_PER_SECOND
        return self.count * LOOKED_AT_PER_SECOND % self.before < LOOKED_AT_PER_SECOND


class Layers:
    """The layers of one room."""

    def __init__(self, settings: SpamSettings, model: Model | None = None) -> None:
        self.settings = settings
        self.model = model
        self.copies = Copies()
        self.presence = Presence()
        self.raid = RaidWatch()
        self._sample = _Sample()

    def judge(self, said: Said, now: float) -> Verdict:
        """Return what becomes of a comment. `now` in seconds, monotonic."""
        reading = read(said.text)
        if said.staff:
            self._let_repeat(reading, now)
            return Verdict(Action.ALLOW, said.text)
        looked_at = bool(said.standing) or self._sample.takes(now)
        wave = self._wave(said, reading, now) if looked_at else NOTHING
        hits: list[Hit] = []
        text = self._ask(hits, said, reading, wave)
        if looked_at and not (hits and hits[-1].action == Action.BLOCK):
            self._ask_model(hits, said, reading)
        held_for = {hit.reason for hit in hits if hit.action >= Action.HOLD}
        if wave.held:
            held_for.add(Reason.COPIES)
        if not (said.standing or held_for):
            self.presence.meet(said.author, said.text, now)
        on = self.raid.observe(said.author, said.standing, now, _sign(held_for, reading))
        if on and self.raid.is_stranger(said.author, said.standing):
            _add(hits, Reason.RAID, self.settings.raid, "raid mode")
        return decided(text, hits) if hits else Verdict(Action.ALLOW, text)

    def learn(self, said: Said, now: float, *, held_for: Reason | None = None) -> None:
        """Takes in what another process posted, or held there for a reason."""
        reading = read(said.text)
        if said.staff:
            self._let_repeat(reading, now)
            return
        self._wave(said, reading, now)
        if not (said.standing or held_for):
            self.presence.meet(said.author, said.text, now)
        sign = _sign({held_for} if held_for else set(), reading)
        self.raid.observe(said.author, said.standing, now, sign)

    def _let_repeat(self, reading: Reading, now: float) -> None:
        """People repeat what the staff of a room say."""
        if self.settings.copies != Action.ALLOW:
            self.copies.said_by_staff(reading, now)

    def _wave(self, said: Said, reading: Reading, now: float) -> Seen:
        if self.settings.copies == Action.ALLOW:
            return NOTHING
        standing = said.standing
        if not standing and self.presence.is_at_home(said.author, now):
            standing = Standing.KNOWN
        # Of people with standing nothing is looked at unless it must be.
        link = not standing and bool(reading.hosts)
        return self.copies.observe(said.author, standing, reading, now, link=link)

    def _ask(self, hits: list[Hit], said: Said, reading: Reading, wave: Seen) -> str:
        """Asks the layers before the model until one refuses; the text with words masked."""
        settings, text = self.settings, said.text
        if wave.held:
            detail = f"{wave.authors} people, {wave.strangers} without standing"
            if _add(hits, Reason.COPIES, settings.copies, detail):
                return text
        if settings.words is not None:
            text, settled = self._look_up(hits, settings.words, text, reading)
            if settled:
                return text
        if settings.patterns is not None:
            found = settings.patterns.find(said.text, reading.seen)
            if found and _add(hits, Reason.PATTERNS, found.action, found.pattern):
                return text
        self._ask_about_links(hits, said, reading)
        return text

    def _look_up(
        self, hits: list[Hit], words: WordList, text: str, reading: Reading
    ) -> tuple[str, bool]:
        """The text with words masked, and whether they settle it."""
        entry = None if self.settings.words_at_most == Action.ALLOW else words.find(reading.seen)
        if entry is None:
            return text, False
        masked = words.mask(text)
        action = _WORD_ACTIONS[entry.action]
        if entry.action == WordAction.MASK and masked == text:
            action = Action.HOLD  # it is there, but not in words that could be replaced
        hit = Hit(Reason.WORDS, min(self.settings.words_at_most, action), entry.term)
        hits.append(hit)
        return masked, hit.action == Action.BLOCK

    def _ask_about_links(self, hits: list[Hit], said: Said, reading: Reading) -> None:
        policy = self.settings.links
        action = policy.action_for(said.standing, said.age)
        if action != Action.ALLOW and reading.hosts and not policy.allows(reading.hosts):
            _add(hits, Reason.LINKS, action, ", ".join(reading.hosts))

    def _ask_model(self, hits: list[Hit], said: Said, reading: Reading) -> None:
        settings, model = self.settings, self.model
        known = said.standing != Standing.NEW
        if model is None or (known and settings.model_standing == Action.ALLOW):
            return
        if max(settings.model_sure, settings.model_unsure) == Action.ALLOW:
            return
        score = reading.score(model)
        if score < model.flag_from:
            return
        action = settings.model_sure if score >= model.hold_from else settings.model_unsure
        if known:
            action = min(action, settings.model_standing)
        _add(hits, Reason.MODEL, action, f"{score:+.2f} by {model.version}")


def _sign(held_for: set[Reason], reading: Reading) -> Sign:
    """How much what is held for these reasons speaks for a raid. That raid mode holds it does not,
    or it would go on for as long as anybody comes."""
    reasons = held_for - {Reason.RAID}
    if not reasons:
        return Sign.NONE
    if reasons != {Reason.COPIES} or reading.hosts:
        return Sign.CAUGHT
    return Sign.COPY if is_long(reading.letters) else Sign.NONE


def _add(hits: list[Hit], reason: Reason, action: Action, detail: str) -> bool:
    """True when that settles it."""
    if action > Action.ALLOW:
        hits.append(Hit(reason, action, detail))
    return action == Action.BLOCK
