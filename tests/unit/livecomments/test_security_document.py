"""docs/SECURITY.md names tests that there are, and all that were written for it."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
DOCUMENT = TESTS.parent / "docs" / "SECURITY.md"
NAMED = re.compile(r"`((?:unit|integration|browser)/[\w/]+\.py)(?:::(\w+))?`")


def names_in(path):
    """The names of the tests of a file."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    }


def rows():
    """Each row that names a threat."""
    lines = DOCUMENT.read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| threat |")]


def test_every_threat_names_a_test():
    threats = [row for row in rows() if not row.startswith("| ---")]
    assert len(threats) > 20
    assert [row for row in threats if not NAMED.search(row.rpartition(" | ")[2])] == []


def test_every_named_test_exists():
    named = NAMED.findall(DOCUMENT.read_text())
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (TESTS / file).exists() or (name and name not in names_in(TESTS / file))
    ]
    assert missing == []


def test_every_file_of_threats_is_named():
    named = {file for file, _ in NAMED.findall(DOCUMENT.read_text())}
    written = {
        str(path.relative_to(TESTS)) for path in TESTS.rglob("test_threats*.py") if names_in(path)
    }
    assert written - named == set()
    assert len(written) > 5
