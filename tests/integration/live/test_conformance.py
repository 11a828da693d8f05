"""How the servers speak WebSocket, judged from outside (docs/CONFORMANCE.md)."""

import pytest

from tests.hostile.conformance import SERVERS, covers, disagreements, judge, serving, waivers


@pytest.mark.parametrize("name", SERVERS)
def test_what_fails_is_what_is_waived(name):
    server = SERVERS[name]
    with serving(server) as address:
        verdicts = judge(address, server.short)

    assert len(verdicts) >= 20
    assert disagreements(server, verdicts) == []


@pytest.mark.parametrize("name", SERVERS)
def test_every_waiver_has_a_reason_and_names_a_case(name):
    for pattern, reason in waivers(SERVERS[name].heading).items():
        assert len(reason) > 5, pattern
        assert pattern[0].isdigit(), pattern


def test_both_directions_are_noticed():
    server = SERVERS["lifted"]
    passed, failed = ("OK", "OK", ""), ("FAILED", "OK", "wrong")

    assert disagreements(server, {"1.1.1": passed, "7.1.5": failed}) == []
    assert disagreements(server, {"1.1.1": failed, "7.1.5": passed}) == [
        "1.1.1 fails and is not waived: ('FAILED', 'OK', 'wrong')",
        "7.1.5 passes and is waived as 7.1.5: ('OK', 'OK', '')",
    ]


@pytest.mark.parametrize(
    ("pattern", "case", "is_covered"),
    [
        ("9.1.*", "9.1.3", True),
        ("9.1.*", "9.11.3", False),
        ("12.1.7-18", "12.1.7", True),
        ("12.1.7-18", "12.1.18", True),
        ("12.1.7-18", "12.1.6", False),
        ("12.1.7-18", "12.2.7", False),
        ("7.1.5", "7.1.5", True),
        ("7.1.5", "7.1.51", False),
    ],
)
def test_a_pattern_stands_for_its_cases(pattern, case, is_covered):
    assert covers(pattern, case) is is_covered
