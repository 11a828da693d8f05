"""The room and what rules it: stream, moderators, sanctions, audit, archive state. Sync, ORM.

What viewers see of a room changes by events alone (`streams.domain`); the archive then writes the
columns named "room" here. Only `streams.editing` writes the rest. See docs/ARCHITECTURE.md.
"""

from collections.abc import Iterable
from zlib import crc32

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.db.models.base import ModelBase
from django.urls import reverse

from livecomments.protocol import (
    DELAY_MAX_SECONDS,
    PACE_DEFAULT_PER_SECOND,
    PACE_MAX_PER_SECOND,
    PACE_MIN_PER_SECOND,
    LinksMode,
    SanctionKind,
    StreamStatus,
)

from .embedding import SITE_MAX_LENGTH, validate_sites


def partition_of(slug: str) -> int:
    """The partition that a new stream gets; it stays with the stream when their number changes."""
    return crc32(slug.encode()) % settings.PARTITIONS


def validate_pace(pace: int) -> None:
    """Raises `ValidationError` for a pace that a room cannot have."""
    if pace != 0 and not PACE_MIN_PER_SECOND <= pace <= PACE_MAX_PER_SECOND:
        raise ValidationError(
            f"The pace is 0 or between {PACE_MIN_PER_SECOND} and {PACE_MAX_PER_SECOND}."
        )


class Stream(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=140)
    description = models.TextField(blank=True)
    broadcaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="streams"
    )
    playback_url = models.URLField(
        blank=True,
        max_length=500,
        validators=[URLValidator(schemes=["https"])],
        help_text="HLS or a video file, https only. Empty: a drawn test card.",
    )
    scheduled_for = models.DateTimeField(null=True, blank=True)
    embed_sites = ArrayField(
        models.CharField(max_length=SITE_MAX_LENGTH),
        default=list,
        db_default=[],  # the previous release inserts without it
        blank=True,
        validators=[validate_sites],
        help_text="The sites that may show the comments in a frame.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    partition = models.SmallIntegerField(editable=False)

    # The room, written by the archive in the order of the log.
    status = models.CharField(
        max_length=16,
        choices=[(status.value, status.value) for status in StreamStatus],
        default=StreamStatus.SCHEDULED.value,
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed = models.BooleanField(default=False)
    slow_seconds = models.PositiveIntegerField(default=0)
    min_account_age_minutes = models.PositiveIntegerField(default=0)
    review = models.BooleanField(default=False)
    pace = models.PositiveIntegerField(
        default=PACE_DEFAULT_PER_SECOND,
        db_default=PACE_DEFAULT_PER_SECOND,  # the previous release inserts without it
        validators=[validate_pace],
        help_text="Comments a second that viewers are shown at most; 0 shows them all.",
    )
    # The previous release inserts without these.
    links = models.CharField(
        max_length=16,
        choices=[(mode.value, mode.value) for mode in LinksMode],
        default=LinksMode.HOLD.value,
        db_default=LinksMode.HOLD.value,
    )
    standing_only = models.BooleanField(default=False, db_default=False)
    delay = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(DELAY_MAX_SECONDS)],
        help_text="Seconds that moderators see a comment before viewers do.",
    )
    raid_until = models.BigIntegerField(  # Unix ms
        default=0, db_default=0, editable=False
    )
    panic = models.BooleanField(default=False, db_default=False)
    calm = models.JSONField(null=True, blank=True, editable=False)  # the modes before the panic
    pinned = models.JSONField(null=True, blank=True, editable=False)
    announcement = models.JSONField(null=True, blank=True, editable=False)
    room_log_id = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # used by streams.queries.listed_streams: the home page and GET /api/v1/streams/
            models.Index(fields=["status", "-id"], name="stream_by_status"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Stores the stream; a new one gets its partition."""
        if self._state.adding:
            self.partition = partition_of(self.slug)
        super().save(
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )

    def get_absolute_url(self) -> str:
        """The watch page."""
        return reverse("watch", args=[self.slug])


class Moderator(models.Model):
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="moderators")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderates"
    )
    managing = models.BooleanField(
        default=False,
        db_default=False,
        help_text="May also change modes and rules, decide appeals and add moderators.",
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            # also serves streams.queries.role_in
            models.UniqueConstraint(fields=["stream", "user"], name="moderator_once_per_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.stream}"


class Sanction(models.Model):
    """A time-out or ban, written by the archive; open until it is lifted or runs out."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="sanctions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sanctions"
    )
    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in SanctionKind]
    )
    until = models.DateTimeField(null=True, blank=True, help_text="Empty for a ban.")
    reason = models.CharField(max_length=300, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    placed_at = models.DateTimeField()
    log_id = models.BigIntegerField(unique=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        constraints = [
            # used by streams.queries.standing_sanctions, and by the archive, which replaces an
            # open sanction instead of adding a second
            models.UniqueConstraint(
                fields=["stream", "user"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_open_sanction",
            ),
        ]
        indexes = [
            # used by the admin: the newest of a person, and of a stream
            models.Index(fields=["user", "-id"], name="sanction_of_user"),
            models.Index(fields=["stream", "-id"], name="sanction_of_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user} in {self.stream}"


class AuditEntry(models.Model):
    """One event of the log: who did what to whom. Written by the archive, never changed."""

    log_id = models.BigIntegerField(unique=True, null=True)  # none for what concerns all streams
    stream = models.ForeignKey(
        Stream, null=True, on_delete=models.CASCADE, related_name="audit", db_index=False
    )
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    # Without a constraint: the record of what somebody did outlives their account.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    target_user_id = models.BigIntegerField(null=True)
    target_comment_id = models.BigIntegerField(null=True)
    event = models.JSONField()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            # used by resume from the archive: what happened in this stream after this log id
            models.Index(fields=["stream", "log_id"], name="audit_by_log"),
            # used by the admin: the newest of a stream, of an actor, about a person, of a kind
            models.Index(fields=["stream", "-id"], name="audit_of_stream"),
            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
            models.Index(fields=["target_user_id", "-id"], name="audit_of_target"),
            models.Index(fields=["action", "-id"], name="audit_of_action"),
            # used by the admin: the id where a day begins
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M:%S}"


class ArchiveCursor(models.Model):
    """How far the archive has come in one partition; moved in the transaction of the rows."""

    partition = models.SmallIntegerField(primary_key=True)
    log_id = models.BigIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"partition {self.partition} at {self.log_id}"


class SetAsideEvent(models.Model):
    """An event that could not be archived, kept whole so that nothing acknowledged is lost."""

    partition = models.SmallIntegerField()
    log_id = models.BigIntegerField()
    event = models.TextField()
    error = models.TextField()
    set_aside_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # used by the archive, which may meet the same event again after a crash
            models.UniqueConstraint(fields=["partition", "log_id"], name="set_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} of partition {self.partition}"
