"""Reports, appeals and the versions of a room's rules. Sync, ORM.

Reports and rule versions are written by the archive alone (`comments.review.archive`), in the order
of the log. An appeal is a plain row that its author files; what became of it is an event again.
"""

from django.conf import settings
from django.db import models

from livecomments.protocol import ReportReason
from streams.models import Sanction, Stream

APPEAL_MAX_LENGTH = 1_000
NOTE_MAX_LENGTH = 300


class ReportOutcome(models.TextChoices):
    OPEN = "open", "open"
    UPHELD = "upheld", "upheld"  # a moderator hid the comment
    DISMISSED = "dismissed", "dismissed"  # a moderator let it stand
    LAPSED = "lapsed", "lapsed"  # its author took it back before anybody decided


class Report(models.Model):
    """What one viewer reported about one comment."""

    log_id = models.BigIntegerField(primary_key=True, editable=False)  # its place in the log
    stream = models.ForeignKey(
        Stream, on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    comment_id = models.BigIntegerField()
    # As the reporter saw it: the row of the comment may come later than the first look at this one.
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author_name = models.CharField(max_length=40)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reports",
        db_index=False,
    )
    reason = models.CharField(
        max_length=16, choices=[(reason.value, reason.value) for reason in ReportReason]
    )
    note = models.CharField(max_length=NOTE_MAX_LENGTH, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    reported_at = models.DateTimeField()
    # The first of the open ones about a comment: it stands for all of them in the queue.
    leads = models.BooleanField(default=False, editable=False)
    outcome = models.CharField(
        max_length=16, choices=ReportOutcome.choices, default=ReportOutcome.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    decided_log = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            # also serves comments.review.archive and queries: all that was reported of a comment
            models.UniqueConstraint(fields=["comment_id", "reporter"], name="report_once"),
        ]
        indexes = [
            # used by comments.review.queue: what waits in one stream, oldest first
            models.Index(
                fields=["stream", "log_id"],
                name="report_waiting_by_stream",
                condition=models.Q(outcome="open", leads=True),
            ),
            # used by comments.review.queue: what waits in all streams, oldest first
            models.Index(
                fields=["log_id"],
                name="report_waiting",
                condition=models.Q(outcome="open", leads=True),
            ),
            # used by comments.review.archive: what is reported of one person when they are cleared
            models.Index(
                fields=["author", "stream"],
                name="report_open_by_author",
                condition=models.Q(outcome="open"),
            ),
            # used by comments.review.archive: what one clearing decided, when it is taken back
            models.Index(
                fields=["decided_log"],
                name="report_by_decision",
                condition=models.Q(decided_log__isnull=False),
            ),
            # used by comments.review.accuracy.accuracy_of: how often somebody was right
            models.Index(fields=["reporter", "-log_id"], name="report_by_reporter"),
            # used by comments.review.tables: what was reported in one stream, newest first
            models.Index(fields=["stream", "-log_id"], name="report_of_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.text[:60]}"


class AppealStatus(models.TextChoices):
    OPEN = "open", "open"
    GRANTED = "granted", "granted"
    REJECTED = "rejected", "rejected"


class Appeal(models.Model):
    """What somebody says against a sanction, a suspension or a hidden comment of theirs."""

    place = models.BigIntegerField(editable=False)  # an id of that moment: its place in the queue
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appeals", db_index=False
    )
    # Empty for a suspension, which holds everywhere.
    stream = models.ForeignKey(
        Stream,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="appeals",
        db_index=False,
    )
    # What it is about: exactly one of these.
    sanction = models.ForeignKey(
        Sanction,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="appeals",
        db_index=False,
    )
    suspension_id = models.BigIntegerField(null=True, blank=True)
    comment_id = models.BigIntegerField(null=True, blank=True)
    text = models.TextField(max_length=APPEAL_MAX_LENGTH)
    filed_at = models.DateTimeField()
    status = models.CharField(
        max_length=16, choices=AppealStatus.choices, default=AppealStatus.OPEN
    )
    answer = models.CharField(max_length=NOTE_MAX_LENGTH, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            # The races of two open windows for one appeal are settled here.
            models.UniqueConstraint(
                fields=["sanction"],
                condition=models.Q(status="open", sanction__isnull=False),
                name="one_open_appeal_of_sanction",
            ),
            models.UniqueConstraint(
                fields=["suspension_id"],
                condition=models.Q(status="open", suspension_id__isnull=False),
                name="one_open_appeal_of_suspension",
            ),
            models.UniqueConstraint(
                fields=["comment_id"],
                condition=models.Q(status="open", comment_id__isnull=False),
                name="one_open_appeal_of_comment",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(
                        stream__isnull=False,
                        sanction__isnull=False,
                        suspension_id__isnull=True,
                        comment_id__isnull=True,
                    )
                    | models.Q(
                        stream__isnull=True,
                        sanction__isnull=True,
                        suspension_id__isnull=False,
                        comment_id__isnull=True,
                    )
                    | models.Q(
                        stream__isnull=False,
                        sanction__isnull=True,
                        suspension_id__isnull=True,
                        comment_id__isnull=False,
                    )
                ),
                name="appeal_of_one_thing",
            ),
        ]
        indexes = [
            # used by comments.review.queue: what waits, oldest first
            models.Index(
                fields=["place", "id"], name="appeal_open", condition=models.Q(status="open")
            ),
            # used by comments.review.appeals: what one person filed
            models.Index(fields=["user", "-id"], name="appeal_by_user"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class RuleVersion(models.Model):
    """What a room did about spam from one moment to the next. Never changed."""

    log_id = models.BigIntegerField(primary_key=True, editable=False)  # its place in the log
    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, related_name="rule_versions", db_index=False
    )
    version = models.PositiveIntegerField()
    rules = models.TextField()  # JSON (comments.spam.rules), as it was saved
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(max_length=NOTE_MAX_LENGTH, blank=True)

    class Meta:
        indexes = [
            # used by comments.review.archive.rules_of and the pages of the rules
            models.Index(fields=["stream", "-log_id"], name="rules_by_stream"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.stream}"
