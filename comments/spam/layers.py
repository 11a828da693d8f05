"""All layers on spam, in their order, as one answer. Sync, pure, a few hundred microseconds.

Cheap before dear, and what is refused by one is not shown to the next. The limits, the size of a
text and an author's repeats are settled before a comment comes here. A room's settings say for each
layer what becomes of what it finds; ALLOW switches it off. Staff of a room are not judged.

One `Layers` a room and process; see `copies` for how several processes share what they see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from livecomments.accounts.models import Standing

from .copies import Copies, Seen
from .hosts import LinkPolicy, hosts_in, judge_links
from .lists import WordAction, WordList
from .model import Model
from .normalise import Views, views
from .raid import RaidWatch
from .verdict import Action, Reason, Verdict

_WORD_ACTIONS: Mapping[WordAction, Action] = {
    WordAction.MASK: Action.ALLOW,
    WordAction.HOLD: Action.HOLD,
    WordAction.BLOCK: Action.BLOCK,
}


@dataclass(frozen=True, slots=True)
class SpamSettings:
    """What a room does with what each layer finds."""

    copies: Action = Action.HOLD
    words: WordList | None = None
    words_at_most: Action = Action.BLOCK  # an entry's own action, up to this one
    links: LinkPolicy = field(default_factory=LinkPolicy)
    model_sure: Action = Action.HOLD
    model_unsure: Action = Action.FLAG
    # What the model finds in a text of somebody with standing is at most flagged.
    model_standing: Action = Action.FLAG
    raid: Action = Action.HOLD  # of people without standing, while raid mode is on

    def __post_init__(self) -> None:
        """Raises `ValueError`: the model never refuses anything by itself."""
        if max(self.model_sure, self.model_unsure, self.model_standing) > Action.HOLD:
            raise ValueError("The model holds at most.")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment to be judged. `text` is clean; `staff` are moderators and the broadcaster."""

    author: int | str
    text: str
    standing: Standing = Standing.NEW
    age: timedelta = timedelta(0)
    staff: bool = False


@dataclass(slots=True)
class _Findings:
    """What the layers said so far."""

    hits: list[tuple[Reason, Action, str]] = field(default_factory=list)

    def add(self, reason: Reason, action: Action, detail: str) -> bool:
        """True when that settles it."""
        if action > Action.ALLOW:
            self.hits.append((reason, action, detail))
        return action == Action.BLOCK

    def verdict(self, text: str) -> Verdict:
        if not self.hits:
            return Verdict(Action.ALLOW, text)
        # Of equally strict ones the first: max keeps it.
        reason, action, detail = max(self.hits, key=lambda hit: hit[1])
        return Verdict(action, text, reason, detail, tuple(hit[:2] for hit in self.hits))


class Layers:
    """The layers of one room."""

    def __init__(self, settings: SpamSettings, model: Model | None = None) -> None:
        self.settings = settings
        self.model = model
        self.copies = Copies()
        self.raid = RaidWatch()

    def judge(self, said: Said, now: float) -> Verdict:
        """Return what becomes of a comment. `now` in seconds, monotonic."""
        if said.staff:
            return Verdict(Action.ALLOW, said.text)
        seen = views(said.text)
        hosts = hosts_in(said.text, seen)
        wave = self.copies.observe(said.author, said.standing, seen, now, link=bool(hosts))
        findings = _Findings()
        text = self._findings(findings, said, seen, hosts, wave)
        caught = any(action >= Action.HOLD for _, action, _ in findings.hits) or wave.held
        self._raid(findings, said, now, caught)
        return findings.verdict(text)

    def learn(self, said: Said, now: float, *, caught: bool) -> None:
        """Takes in what another process posted or held; `caught`: it was held or refused there."""
        if not said.staff:
            seen = views(said.text)
            link = bool(hosts_in(said.text, seen))
            self.copies.observe(said.author, said.standing, seen, now, link=link)
            self.raid.observe(said.author, said.standing, now, caught=caught)

    def _findings(
        self, findings: _Findings, said: Said, seen: Views, hosts: tuple[str, ...], wave: Seen
    ) -> str:
        """Asks the layers until one refuses; returns the text with words masked."""
        settings, text = self.settings, said.text
        if wave.held:
            detail = f"{wave.authors} people, {wave.strangers} without standing"
            if findings.add(Reason.COPIES, settings.copies, detail):
                return text
        if settings.words is not None:
            text, settled = self._look_up(findings, settings.words, text, seen)
            if settled:
                return text
        if hosts:
            action = judge_links(hosts, standing=said.standing, age=said.age, policy=settings.links)
            if findings.add(Reason.LINKS, action, ", ".join(hosts)):
                return text
        self._ask_model(findings, said, seen)
        return text

    def _look_up(
        self, findings: _Findings, words: WordList, text: str, seen: Views
    ) -> tuple[str, bool]:
        """The text with words masked, and whether they settle it."""
        entry = words.find(seen)
        if entry is None:
            return text, False
        masked = words.mask(text)
        action = _WORD_ACTIONS[entry.action]
        if entry.action == WordAction.MASK and masked == text:
            action = Action.HOLD  # it is there, but not in words that could be replaced
        action = min(self.settings.words_at_most, action)
        return masked, findings.add(Reason.WORDS, action, entry.term)

    def _ask_model(self, findings: _Findings, said: Said, seen: Views) -> None:
        settings, model = self.settings, self.model
        if model is None or max(settings.model_sure, settings.model_unsure) == Action.ALLOW:
            return
        score = model.score(said.text, seen)
        if score < model.flag_from:
            return
        action = settings.model_sure if score >= model.hold_from else settings.model_unsure
        if said.standing != Standing.NEW:
            action = min(action, settings.model_standing)
        findings.add(Reason.MODEL, action, f"{score:+.2f} by {model.version}")

    def _raid(self, findings: _Findings, said: Said, now: float, caught: bool) -> None:
        on = self.raid.observe(said.author, said.standing, now, caught=caught)
        if on and self.raid.is_stranger(said.author, said.standing):
            findings.add(Reason.RAID, self.settings.raid, "raid mode")
