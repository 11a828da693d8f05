"""The form of a room's rules: a choice a layer, and lists as lines. Sync, pure.

A line of a list is `what | action`; without an action it is held. Everything is checked by
`comments.spam.rules`, which also says what is wrong.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from django import forms

from comments.spam.rules import (
    HOSTS_AT_MOST,
    RULES_MAX_BYTES,
    TERMS_AT_MOST,
    BadRules,
    MildStep,
    Pattern,
    PatternStep,
    Rules,
    Step,
    Word,
    WordStep,
    check,
    parse,
)

SEPARATOR = " | "
HOLD = "hold"
LABELS: Mapping[str, str] = {
    "allow": "Show (off)",
    "flag": "Show and mark for moderators",
    "hold": "Wait for a moderator",
    "block": "Refuse",
}
# What stands together on the page.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Words", ("words", "words_at_most")),
    ("Links", ("links_new", "links_known", "links_trusted", "hosts")),
    ("Many people at once", ("copies", "raid")),
    ("What moderators removed before", ("model_sure", "model_unsure", "model_standing")),
    ("Patterns", ("patterns",)),
    ("Reports", ("report_threshold",)),
    ("This change", ("note",)),
)
Line = TypeVar("Line", Word, Pattern)


class BadLine(BadRules):
    """What is wrong with a line of the list in `field`."""

    def __init__(self, field: str, told: str) -> None:
        self.field = field
        super().__init__(told)


def _steps(kind: Any, label: str, help_text: str = "") -> forms.ChoiceField:
    choices = [(step, LABELS[step]) for step in get_args(kind)]
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)


def _lines(label: str, help_text: str, rows: int) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
    return forms.CharField(label=label, required=False, widget=area, help_text=help_text)


class RulesForm(forms.Form):
    """What staff fill in. `version`: what it was made from; see `changing.change_rules`."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    copies = _steps(
        Step, "One text by many people", "Within a minute, most of them without standing."
    )
    words = _lines(
        "Words",
        f"One on a line, at most {TERMS_AT_MOST}, with what becomes of a comment that has it: "
        "“word | block” refuses it, “word | hold” lets it wait for a moderator, “word | mask” "
        "shows it with the word made unreadable. An asterisk at an end lets the word go on there: "
        "“casino*” also finds “casinos”.",
        rows=10,
    )
    words_at_most = _steps(
        Step, "The strictest that words may do", "To try a list without refusing anybody, say."
    )
    patterns = _lines(
        "Patterns",
        "For whoever knows regular expressions (RE2), one on a line: “pattern | block”, "
        "“pattern | hold” or “pattern | flag”, which shows and marks it.",
        rows=4,
    )
    links_new = _steps(Step, "Links from people who are new")
    links_known = _steps(Step, "Links from people who are known")
    links_trusted = _steps(Step, "Links from people who are trusted")
    hosts = _lines(
        "Allowed hosts",
        f"One on a line, at most {HOSTS_AT_MOST}; everybody may post links to them.",
        rows=4,
    )
    model_sure = _steps(
        MildStep, "Surely like what was removed", "Of people who are new, by what is learnt."
    )
    model_unsure = _steps(MildStep, "Perhaps like what was removed", "Of people who are new.")
    model_standing = _steps(MildStep, "Like what was removed, by people with standing")
    raid = _steps(Step, "Newcomers while raid mode is on")
    report_threshold = forms.IntegerField(
        label="Reports that hide a comment",
        min_value=0,
        help_text="Their weight together: a known person's counts 2, a trusted one's 3, half from "
        "people who are mostly wrong. Reports of new people wait in the queue and hide nothing. "
        "0: no report ever does.",
    )
    note = forms.CharField(
        label="What has changed",
        required=False,
        max_length=300,
        help_text="For your colleagues, in the list of versions.",
    )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under what they are about, in the order of the page."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def clean(self) -> dict[str, Any]:
        """Puts the rules together; what they cannot be is an error of the form."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.rules = _rules_of(cleaned)
            check(self.rules)
        except BadLine as problem:
            self.add_error(problem.field, str(problem))
        except BadRules as problem:
            self.add_error(None, str(problem))
        return cleaned


class ImportForm(forms.Form):
    """A file that was exported here or elsewhere."""

    file = forms.FileField(
        label="A file that was exported before",
        allow_empty_file=False,
        widget=forms.FileInput(
            attrs={"accept": ".json,application/json", "data-most-bytes": RULES_MAX_BYTES}
        ),
    )

    def clean_file(self) -> Rules:
        """The rules of the file."""
        upload = self.cleaned_data["file"]
        if upload.size > RULES_MAX_BYTES:
            raise forms.ValidationError("Rules have a megabyte at most.")
        try:
            rules = parse(upload.read().removeprefix(BOM_UTF8))
            _require_lines(rules)
            return rules
        except BadRules as problem:
            raise forms.ValidationError(str(problem)) from None


def _require_lines(rules: Rules) -> None:
    """Raises `BadRules` for what the lists could not show on a line of its own, as it is."""
    entries = [word.term for word in rules.words] + [one.pattern for one in rules.patterns]
    for entry in entries:
        if entry.splitlines() != [entry]:
            raise BadRules(f"{entry[:60]!r} has a line break: each entry is one line.")


def initial_of(rules: Rules, *, version: int) -> dict[str, Any]:
    """Return what the form shows for these rules."""
    return {
        **{name: getattr(rules, name) for name in rules.__struct_fields__},
        "version": version,
        "words": _shown((word.term, word.action) for word in rules.words),
        "patterns": _shown((one.pattern, one.action) for one in rules.patterns),
        "hosts": "\n".join(rules.hosts),
    }


def _rules_of(cleaned: Mapping[str, Any]) -> Rules:
    given = {name: cleaned[name] for name in Rules.__struct_fields__}
    words = _read(cleaned["words"], "Words", get_args(WordStep), Word)
    patterns = _read(cleaned["patterns"], "Patterns", get_args(PatternStep), Pattern)
    hosts = tuple(line.strip() for line in cleaned["hosts"].splitlines() if line.strip())
    return Rules(**{**given, "words": words, "patterns": patterns, "hosts": hosts})


def _read(
    text: str, label: str, actions: tuple[str, ...], kind: Callable[[str, Any], Line]
) -> tuple[Line, ...]:
    """The lines of a list. Raises `BadRules` for one with an action that there is not.

    What stands behind the last separator is the action; a pattern may hold others.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        what, separator, action = line.rpartition(SEPARATOR.strip())
        if not separator or (action.strip() not in actions and kind is Pattern):
            what, action = line, HOLD
        if action.strip() not in actions:
            raise BadLine(
                label.lower(),
                f"{label}, line {number}: {action.strip()!r} is none of {', '.join(actions)}.",
            )
        found.append(kind(what.strip(), action.strip()))
    return tuple(found)


def _shown(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{what}{SEPARATOR}{action}" for what, action in lines)
