"""What the house notes about people, and whom it keeps out everywhere. Sync, ORM.

A suspension is a time-out or a ban in all streams at once. It is not an event of any stream's log:
its row is written first, and Redis learns of it in the same step (`suspension`).
"""

from django.conf import settings
from django.db import models

NOTE_MAX_LENGTH = 1_000


class Suspension(models.Model):
    """Somebody may neither post nor react anywhere, until then or until it is lifted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="suspensions",
        db_index=False,
    )
    until = models.DateTimeField(null=True, blank=True, help_text="Empty for a ban.")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            # used by suspension.standing_suspensions; a new one replaces the open one
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_open_suspension",
            ),
        ]
        indexes = [
            # used by the person's page in the admin
            models.Index(fields=["user", "-id"], name="suspension_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} everywhere"


class UserNote(models.Model):
    """What one moderator wants the others to know about a person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notes",
        db_index=False,
    )
    text = models.TextField(max_length=NOTE_MAX_LENGTH)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "note"
        indexes = [
            # used by the person's page in the admin
            models.Index(fields=["user", "-id"], name="note_by_user"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
