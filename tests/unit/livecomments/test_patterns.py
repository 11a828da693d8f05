"""No text of a user becomes a pattern: the standard library's engine can be kept busy for hours
by a few characters of one. Patterns of a room's managers go to RE2, in one place."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MANAGERS_PATTERNS = ROOT / "comments/spam/patterns.py"
PACKAGES = ("livecomments", "streams", "comments", "reactions")
MATCHERS = {
    "compile",
    "search",
    "match",
    "fullmatch",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
    "template",
}
ENGINES = ("re", "regex", "re2")
LOOKUPS = ("__regex", "__iregex")  # Postgres' own engine, with a user's pattern


def sources():
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def is_written_here(node, constants):
    """True for a pattern that stands in the source: a literal, or literals put together."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id in constants
    if isinstance(node, ast.BinOp):
        return is_written_here(node.left, constants) and is_written_here(node.right, constants)
    if isinstance(node, ast.JoinedStr):
        return all(
            is_written_here(part.value if isinstance(part, ast.FormattedValue) else part, constants)
            for part in node.values
        )
    return False


def constants_of(tree):
    """The names in capitals that a module gives to what is written there."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and is_written_here(node.value, found):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if name.isupper()}


def foreign_patterns(code, engines=ENGINES):
    """The lines on which a pattern is used that is not written in this module."""
    tree = ast.parse(code)
    constants = constants_of(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        is_engine = (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in engines
            and called.attr in MATCHERS
        )
        if is_engine and not (node.args and is_written_here(node.args[0], constants)):
            yield node.lineno
        if any(keyword.arg and keyword.arg.endswith(LOOKUPS) for keyword in node.keywords):
            yield node.lineno


@pytest.mark.parametrize(
    "code",
    [
        "import re\nre.compile(pattern)",
        "import re\nre.search(rule.text, comment)",
        "import regex\nregex.compile(f'{word}+')",
        "import re\nWORD = word()\nre.compile(WORD)",
        "import re\nre.compile(pattern=word)",
        "import re2\nre2.compile(pattern)",
        "Comment.objects.filter(text__iregex=term)",
    ],
)
def test_a_foreign_pattern_would_be_found(code):
    assert list(foreign_patterns(code)) != []


@pytest.mark.parametrize(
    "code",
    ["import re\nre.compile(r'a+')", "import re\nA = 'a'\nre.compile(rf'{A}+' + A)", "re(pattern)"],
)
def test_a_pattern_of_our_own_is_not(code):
    assert list(foreign_patterns(code)) == []


def test_every_pattern_is_written_here():
    found = {
        str(path): list(
            foreign_patterns(
                path.read_text(), ENGINES[:2] if path == MANAGERS_PATTERNS else ENGINES
            )
        )
        for path in sources()
    }
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert len(found) > 100


def test_patterns_of_managers_go_to_re2_and_nowhere_else():
    found = [path for path in sources() if "import re2" in path.read_text()]
    assert found == [MANAGERS_PATTERNS]
    assert list(foreign_patterns(MANAGERS_PATTERNS.read_text())) != []
