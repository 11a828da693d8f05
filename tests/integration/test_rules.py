"""The rules of a room: changed by an event, by one at a time, and judged by what they found."""

import msgspec
import pytest
from asgiref.sync import async_to_sync
from django_redis import get_redis_connection

from comments.models import HoldStatus
from comments.review.models import RuleVersion
from comments.rules.changing import change_rules
from comments.rules.hits import Found
from comments.rules.record import records_of
from comments.spam.rules import DEFAULTS, Pattern, Rules
from comments.spam.verdict import Reason
from livecomments import events, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import Role
from streams.payloads import room_of
from tests.factories import (
    HoldFactory,
    log_of,
)
from tests.reviewing import archived, last
from tests.ruling import RULES, change, manager, present, url

pytestmark = pytest.mark.django_db


# --- changing ------------------------------------------------------------------------------------


def test_a_room_begins_with_the_defaults(stream):
    assert present(stream) == (0, DEFAULTS)


def test_changed_rules_hold_at_once_and_are_an_event(stream):
    assert change(stream, RULES, note="spammers") == 1

    assert present(stream) == (1, RULES)
    kind, event = last(stream)
    assert (kind, event.version, event.note) == ("rules.changed", 1, "spammers")
    assert event.by == stream.broadcaster_id
    assert msgspec.json.decode(event.rules, type=Rules) == RULES
    assert change(stream, DEFAULTS) == 2
    assert present(stream) == (2, DEFAULTS)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_only_who_manages_the_room_changes_its_rules(stream, role):
    with pytest.raises(DomainError) as refused:
        async_to_sync(change_rules)(room_of(stream), actor=manager(role), rules=RULES)
    assert refused.value.code == "forbidden"
    assert log_of(stream) == []


def test_nobody_overwrites_what_they_have_not_seen(stream):
    change(stream, RULES)
    for base in (0, 2):
        with pytest.raises(DomainError) as refused:
            change(stream, DEFAULTS, base=base)
        assert refused.value.code == "conflict"
    assert present(stream) == (1, RULES)
    assert change(stream, DEFAULTS, base=1) == 2


def test_rules_that_nothing_can_follow_are_refused(stream):
    with pytest.raises(DomainError) as refused:
        change(stream, Rules(patterns=(Pattern("(", "hold"),)))
    assert refused.value.code == "bad_message"
    assert "(" in refused.value.message
    assert log_of(stream) == []


def test_rules_of_another_release_are_shown_as_the_defaults(stream):
    change(stream, RULES)
    get_redis_connection("default").hset(redisdb.state(room_of(stream)), "rules", '{"new":1}')
    assert present(stream) == (1, DEFAULTS)


# --- how good they are ---------------------------------------------------------------------------


def test_hits_and_reversals_by_rule(stream):
    for reason, detail, status, times in [
        ("spam_words", "casino", HoldStatus.APPROVED, 3),
        ("spam_words", "casino", HoldStatus.REFUSED, 1),
        ("spam_words", "free", HoldStatus.REFUSED, 1),
        ("spam_links", "a.example", HoldStatus.REFUSED, 2),
        ("spam_links", "b.example", HoldStatus.APPROVED, 1),
        ("spam_links", "c.example", HoldStatus.OPEN, 5),
        ("spam_links", "d.example", HoldStatus.EXPIRED, 5),
    ]:
        HoldFactory.create_batch(times, stream=stream, reason=reason, detail=detail, status=status)
    HoldFactory(reason="spam_words", detail="casino", status=HoldStatus.APPROVED)  # elsewhere
    hits = [
        Found(Reason.WORDS, "casino", 40),
        Found(Reason.WORDS, "free", 2),
        Found(Reason.COPIES, "", 7),
    ]

    found = [
        (one.reason, one.entry, one.hits, one.approved, one.refused, one.reversed_percent)
        for one in records_of(stream.pk, hits)
    ]

    assert found == [
        ("spam_copies", "", 7, 0, 0, None),
        ("spam_links", "", 0, 1, 2, 33),
        ("spam_words", "", 42, 3, 2, 60),
        ("spam_words", "casino", 40, 3, 1, 75),
        ("spam_words", "free", 2, 0, 1, 0),
    ]


def test_the_page_has_the_record(broadcaster_desk, stream):
    HoldFactory(stream=stream, reason="spam_words", detail="casino", status=HoldStatus.APPROVED)
    get_redis_connection("default").hset(redisdb.rule_hits(room_of(stream)), "spam_words|casino", 4)

    answer = broadcaster_desk.get(url("rules_edit", stream))

    records = answer.context["records"]
    assert [(one.entry, one.hits, one.approved) for one in records] == [
        ("", 4, 1),
        ("casino", 4, 1),
    ]


def test_the_event_is_written_with_its_rules_by_the_archive(stream):
    change(stream, RULES)
    archived(stream)
    row = RuleVersion.objects.get()
    assert (row.version, msgspec.json.decode(row.rules, type=Rules)) == (1, RULES)
    assert row.log_id
    assert isinstance(last(stream)[1], events.RulesChanged)
