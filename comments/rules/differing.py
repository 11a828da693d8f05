"""How two versions of a room's rules differ, in the words of their form. Sync, pure."""

from collections.abc import Iterable, Sequence

from comments.spam.rules import DEFAULTS, BadRules, Rules, parse

from .forms import LABELS, SEPARATOR, RulesForm

_LISTS = ("words", "patterns", "hosts")
NOT_READ = "One of them is of another release and cannot be compared."


def differences(before: str | None, after: str) -> list[tuple[str, list[str], list[str]]]:
    """Return for each setting that differs its name, what went and what came; `before` None: the
    rules that every room begins with."""
    if before == after:
        return []
    try:
        old = DEFAULTS if before is None else parse(before)
        new = parse(after)
    except BadRules:
        return [(NOT_READ, [], [])]
    found = []
    for name in Rules.__struct_fields__:
        gone, come = _changed(name, old, new)
        if gone or come:
            found.append((_label(name), gone, come))
    return found


def _changed(name: str, old: Rules, new: Rules) -> tuple[list[str], list[str]]:
    if name in _LISTS:
        was, now = _lines(name, old), _lines(name, new)
        return _without(was, now), _without(now, was)
    was_value, now_value = getattr(old, name), getattr(new, name)
    if was_value == now_value:
        return [], []
    return [_said(was_value)], [_said(now_value)]


def _lines(name: str, rules: Rules) -> Sequence[str]:
    match name:
        case "words":
            return [f"{one.term}{SEPARATOR}{one.action}" for one in rules.words]
        case "patterns":
            return [f"{one.pattern}{SEPARATOR}{one.action}" for one in rules.patterns]
        case _:
            return rules.hosts


def _without(lines: Iterable[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [line for line in lines if line not in known]


def _label(name: str) -> str:
    return str(RulesForm.base_fields[name].label)


def _said(value: object) -> str:
    return LABELS.get(str(value), str(value))
