"""What was said, and what waits for a moderator. Sync, ORM.

Rows are written by the archive alone, in the order of the log. `Comment` can be partitioned by
ranges of `id`, which are ranges of time: nothing points at it, and every index starts where a
query knows the range. See docs/ARCHITECTURE.md.
"""

from django.conf import settings
from django.db import models

from livecomments.protocol import Role
from streams.models import Stream

ROLE_CHOICES = [(role.value, role.value) for role in Role]


class Status(models.IntegerChoices):
    VISIBLE = 0, "visible"
    HIDDEN = 1, "hidden"
    WITHDRAWN = 2, "withdrawn"


class Comment(models.Model):
    id = models.BigIntegerField(primary_key=True, editable=False)  # its place in the log
    stream = models.ForeignKey(
        Stream, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments", db_index=False
    )
    # As the author was when it was written: history does not change with a name.
    author_name = models.CharField(max_length=40)
    author_role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    author_new = models.BooleanField(default=False)
    text = models.TextField()
    reply_to = models.BigIntegerField(null=True, blank=True)
    quote = models.JSONField(null=True, blank=True)  # {id, name, text} of what it answers
    status = models.SmallIntegerField(choices=Status.choices, default=Status.VISIBLE)
    created_at = models.DateTimeField()
    offset_ms = models.IntegerField(null=True, blank=True)  # since the stream started
    hold = models.BigIntegerField(null=True, blank=True)  # the hold it was approved from
    hidden_by = models.BigIntegerField(
        null=True, blank=True, editable=False
    )  # log id of the action
    # The room was busier than its pace: no viewer was shown it. The previous release inserts
    # without this column.
    left_out = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        indexes = [
            # used by comments.queries: history and resume of one stream
            models.Index(fields=["stream", "id"], name="comment_by_stream"),
            # used by comments.archive: the replies that quote a comment which is hidden
            models.Index(
                fields=["stream", "reply_to"],
                name="comment_by_reply",
                condition=models.Q(reply_to__isnull=False),
            ),
            # used by comments.admin: what is not shown, in the house and in one stream
            models.Index(fields=["id"], name="comment_not_shown", condition=~models.Q(status=0)),
            models.Index(
                fields=["stream", "id"],
                name="comment_not_shown_of",
                condition=~models.Q(status=0),
            ),
            # used by comments.admin: what one person said
            models.Index(fields=["author", "id"], name="comment_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"


class HoldStatus(models.TextChoices):
    OPEN = "open", "open"
    APPROVED = "approved", "approved"
    REFUSED = "refused", "refused"
    EXPIRED = "expired", "expired"


class Hold(models.Model):
    """A comment that waits. It has no place in the log's order yet: approval appends it afresh."""

    number = models.BigIntegerField(primary_key=True, editable=False)
    stream = models.ForeignKey(
        Stream, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    author_name = models.CharField(max_length=40)
    author_role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    author_new = models.BooleanField(default=False)
    text = models.TextField()
    reply_to = models.BigIntegerField(null=True, blank=True)
    quote = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=600, blank=True, default="", db_default="")
    status = models.CharField(max_length=16, choices=HoldStatus.choices, default=HoldStatus.OPEN)
    held_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    comment_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            # used by comments.archive.open_holds: what waits in this stream, oldest first
            models.Index(fields=["stream", "status", "number"], name="hold_by_stream"),
            # used by comments.admin: the newest of a stream, of a person, of a status
            models.Index(fields=["stream", "number"], name="hold_of_stream"),
            models.Index(fields=["author", "number"], name="hold_of_author"),
            models.Index(fields=["status", "number"], name="hold_of_status"),
            # used by comments.review.queue: what waits in all streams
            models.Index(fields=["number"], name="hold_open", condition=models.Q(status="open")),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"


# Django finds models in this module alone.
from .review.models import Appeal, Report, RuleVersion  # noqa: E402, F401 -- see above
