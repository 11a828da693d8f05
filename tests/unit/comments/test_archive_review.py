"""Reports, rule versions and the ends of appeals become rows: in log order, however often."""

import pytest
from django.utils import timezone

from comments.review import archive
from comments.review.accuracy import accuracy_of, weight_of
from comments.review.models import Appeal, Report, RuleVersion
from livecomments import events, ids
from livecomments.protocol import Comment, Person, ReportReason
from tests.factories import StreamFactory, UserFactory

pytestmark = pytest.mark.django_db

START = 30 * 24 * 60 * 60 * 1000  # log milliseconds


class Log:
    """Entries of one stream, each a second after the one before."""

    def __init__(self):
        self.stream = StreamFactory()
        self.author = UserFactory(display_name="Ana")
        self.moderator = UserFactory()
        self.entries = []

    def add(self, body):
        number = len(self.entries)
        entry_id = ids.make_id(START + 1_000 * number, 0, number)
        entry = events.Entry(entry_id, self.stream.pk, events.kind_of(body), body)
        self.entries.append(entry)
        return entry

    def comment(self, number=77):
        person = Person(id=str(self.author.pk), name="Ana")
        return Comment(id=str(number), user=person, text="buy this", at=1)

    def report(self, reporter=None, *, number=77, **fields):
        reporter = reporter or UserFactory()
        body = events.CommentReported(
            comment=self.comment(number),
            reporter=reporter.pk,
            reason=ReportReason.SPAM,
            reports=1,
            **fields,
        )
        return self.add(body)

    def hide(self, number=77, *, by=True):
        by = self.moderator.pk if by else None
        return self.add(events.CommentHidden(comment=str(number), by=by))

    def store(self):
        archive.store(self.entries)


@pytest.fixture
def log():
    return Log()


def outcomes():
    return list(Report.objects.order_by("log_id").values_list("outcome", flat=True))


def leading():
    return list(
        Report.objects.filter(leads=True).order_by("log_id").values_list("log_id", flat=True)
    )


def test_a_report_is_a_row(log):
    reporter = UserFactory()
    entry = log.report(reporter, weight=3, note="over and over")

    log.store()

    row = Report.objects.get()
    assert (row.log_id, row.stream_id, row.comment_id) == (entry.id, log.stream.pk, 77)
    assert (row.author_id, row.author_name, row.text) == (log.author.pk, "Ana", "buy this")
    assert (row.reporter_id, row.reason, row.note) == (reporter.pk, "spam", "over and over")
    assert (row.weight, row.reported_at) == (3, ids.id_time(entry.id))
    assert (row.outcome, row.decided_at, row.decided_by) == ("open", None, None)


def test_a_person_reports_a_comment_once(log):
    reporter = UserFactory()
    first = log.report(reporter)
    log.report(reporter)
    log.report(reporter, number=78)

    log.store()

    assert Report.objects.filter(comment_id=77).get().log_id == first.id
    assert Report.objects.count() == 2


def test_the_first_open_report_of_a_comment_leads(log):
    first = log.report()
    log.report()
    other = log.report(number=78)
    log.add(events.ReportsDismissed(comment="77", author=log.author.pk, by=log.moderator.pk))
    again = log.report()
    log.report()

    log.store()

    assert leading() == [first.id, other.id, again.id]
    assert outcomes() == ["dismissed", "dismissed", "open", "open", "open"]


def test_a_moderators_hide_upholds(log):
    log.report()
    hidden = log.hide()
    log.report()
    log.report(number=78)

    log.store()

    assert outcomes() == ["upheld", "open", "open"]
    row = Report.objects.order_by("log_id").first()
    assert (row.decided_by, row.decided_at) == (log.moderator, ids.id_time(hidden.id))


def test_what_the_room_hides_by_itself_still_waits(log):
    log.report()
    log.hide(by=False)

    log.store()

    assert outcomes() == ["open"]


def test_a_restored_comment_dismisses_also_what_was_upheld(log):
    log.report()
    log.hide()
    log.report()
    log.add(events.CommentRestored(comment=log.comment(), by=log.moderator.pk))

    log.store()

    assert outcomes() == ["dismissed", "dismissed"]


def test_a_withdrawn_comment_decides_nothing_about_its_reporters(log):
    log.report()
    log.add(events.CommentWithdrawn(comment="77", author=log.author.pk))

    log.store()

    assert outcomes() == ["lapsed"]


def test_clearing_a_person_upholds_and_taking_it_back_reopens(log):
    log.report()
    log.report(number=78)
    log.hide(78)
    cleared = log.add(events.UserCleared(user=log.author.pk, name="Ana", by=log.moderator.pk))
    log.store()
    assert outcomes() == ["upheld", "upheld"]

    log.add(events.UserRestored(user=log.author.pk, by=log.moderator.pk, clear=str(cleared.id)))
    archive.store(log.entries[-1:])

    assert outcomes() == ["open", "upheld"]
    assert Report.objects.get(comment_id=77).decided_by is None


def test_clearing_reaches_no_other_stream_and_no_other_person(log):
    log.report()
    other = StreamFactory()
    clear = events.UserCleared(user=log.author.pk, name="Ana", by=log.moderator.pk)
    elsewhere = events.Entry(ids.make_id(START * 2, 0, 0), other.pk, "user.cleared", clear)
    log.add(events.UserCleared(user=log.moderator.pk, name="Mo", by=log.author.pk))

    archive.store([*log.entries, elsewhere])

    assert outcomes() == ["open"]


def test_rules_are_kept_version_by_version(log):
    log.add(events.RulesChanged(version=1, rules='{"a":1}', by=log.moderator.pk, note="first"))
    log.add(events.RulesChanged(version=2, rules='{"a":2}', by=log.moderator.pk))

    assert archive.rules_of(log.stream.pk) is None
    log.store()

    assert archive.rules_of(log.stream.pk) == (2, '{"a":2}')
    first = RuleVersion.objects.get(version=1)
    assert (first.rules, first.note, first.changed_by) == ('{"a":1}', "first", log.moderator)
    assert first.changed_at == ids.id_time(log.entries[0].id)


def test_an_appeal_whose_decision_was_lost_is_closed(log):
    appeal = Appeal.objects.create(
        place=1,
        user=log.author,
        stream=log.stream,
        comment_id=77,
        text="please",
        filed_at=timezone.now(),
    )
    log.add(
        events.AppealClosed(
            user=log.author.pk,
            by=log.moderator.pk,
            appeal=appeal.pk,
            outcome="rejected",
            reason="no",
        )
    )

    log.store()

    appeal.refresh_from_db()
    assert (appeal.status, appeal.answer) == ("rejected", "no")
    assert appeal.decided_by == log.moderator


def test_the_same_entries_may_be_written_twice(log):
    log.report()
    log.hide()
    log.add(events.CommentRestored(comment=log.comment(), by=log.moderator.pk))
    log.report()
    log.add(events.RulesChanged(version=1, rules="{}", by=log.moderator.pk))
    log.store()
    before = list(Report.objects.order_by("pk").values())

    log.store()

    assert list(Report.objects.order_by("pk").values()) == before
    assert outcomes() == ["dismissed", "open"]
    assert RuleVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("upheld", "dismissed", "accuracy"), [(4, 0, None), (5, 0, 1.0), (2, 6, 0.25), (0, 5, 0.0)]
)
def test_accuracy_is_the_share_of_the_decided_reports_that_were_right(
    log, upheld, dismissed, accuracy
):
    reporter = UserFactory()
    for number in range(upheld + dismissed):
        log.report(reporter, number=100 + number)
        if number < upheld:
            log.hide(100 + number)
        else:
            log.add(
                events.ReportsDismissed(
                    comment=str(100 + number), author=log.author.pk, by=log.moderator.pk
                )
            )
    log.report(reporter, number=300)  # open: says nothing yet
    log.store()

    assert accuracy_of(reporter.pk) == accuracy


@pytest.mark.parametrize(
    ("standing", "accuracy", "weight"),
    [(0, None, 0), (0, 1.0, 0), (1, 0.9, 2), (2, 0.3, 3), (1, 0.0, 1), (2, 0.1, 1)],
)
def test_reports_weigh_by_standing_and_record(standing, accuracy, weight):
    assert weight_of(standing, accuracy) == weight
