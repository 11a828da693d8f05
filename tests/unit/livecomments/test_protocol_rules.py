"""docs/PROTOCOL.md and the tests hold each other to their word."""

import re
from pathlib import Path

import pytest

from livecomments.protocol import CloseCode

ROOT = Path(__file__).parents[3]
RULES = re.findall(r"^- \*\*([A-Z]\d+)\*\* ", (ROOT / "docs/PROTOCOL.md").read_text(), re.M)
TESTS = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]


def test_rules_have_different_numbers():
    assert len(set(RULES)) == len(RULES) > 50


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_cited_by_a_test(rule):
    named = re.compile(rf"def test_(?:\w+_)?{rule.lower()}_")
    assert any(named.search(text) for text in TESTS), f"no test is named after {rule}"


def test_e2_the_number_of_a_close_code_says_whether_to_come_back():
    assert {code: code.retry for code in CloseCode} == {
        code: 4000 <= code < 4100 for code in CloseCode
    }
