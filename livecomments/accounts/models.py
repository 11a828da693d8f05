"""People and the tokens of their programs. Sync, ORM.

A person has a display name, which everyone sees, and a user name, which is that display name
folded: one display name in any spelling of its capitals is one person. See docs/ARCHITECTURE.md.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.base import ModelBase
from django.db.models.functions import Upper

from .names import folded
from .recall import forget

USER_CACHE_SECONDS = 30  # bounds what a bulk update, which no `save` announces, may stay unseen


def user_cache_key(user_id: int) -> str:
    """Where a signed-in person is kept between requests."""
    return f"user:{user_id}"


class Standing(models.IntegerChoices):
    """How well the house knows somebody; admission treats links and bursts accordingly."""

    NEW = 0, "new"
    KNOWN = 1, "known"
    TRUSTED = 2, "trusted"


class User(AbstractUser):
    # Unique, and for those who sign up the folded display name: the database settles the race of
    # two people for one name.
    username = models.CharField(
        "user name", max_length=150, unique=True, help_text="The name for signing in."
    )
    display_name = models.CharField(max_length=40, help_text="What everyone sees.")
    standing = models.SmallIntegerField(choices=Standing.choices, default=Standing.NEW)
    standing_by_hand = models.BooleanField(
        default=False,
        db_default=False,  # the previous release inserts without it
        help_text="Keep the standing as it is set here, whatever the record says.",
    )
    valid_after = models.DateTimeField(
        null=True, blank=True, help_text="Tickets issued before this moment are dead."
    )

    class Meta:
        indexes = [
            # used by accounts.forms: is this display name taken, whatever its capitals?
            models.Index(Upper("display_name"), name="user_display_name"),
            # used by accounts.queries.names_of_office: a few among all people
            models.Index(
                fields=["id"],
                condition=models.Q(is_staff=True) | models.Q(is_superuser=True),
                name="user_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def signs_in_by_name(self) -> bool:
        """True for whoever signed up: they sign in with what everyone sees."""
        return self.username == folded(self.display_name)

    def get_full_name(self) -> str:
        """The one name a person has; Django's own is made of two that nobody is asked for."""
        return self.display_name

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Stores the person and drops the copy that requests are served from."""
        self.display_name = self.display_name or self.username[:40]
        super().save(
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )
        key = user_cache_key(self.pk)
        forget(key)
        if transaction.get_connection(using).in_atomic_block:
            # Again: until the commit, others still read the old row.
            transaction.on_commit(lambda: forget(key), using=using, robust=True)


class FormerName(models.Model):
    """A name that somebody gave up. For a while nobody else is called so: what was said under it
    still stands there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_names")
    folded = models.CharField(max_length=150)
    given_up_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # used by accounts.queries.is_name_taken: who gave this name up, and when?
            models.Index(fields=["folded", "given_up_at"], name="former_name"),
        ]

    def __str__(self) -> str:
        return self.folded


class Scope(models.TextChoices):
    """What a token may be used for; a token never allows more than its owner may do."""

    READ = "read", "read"
    POST = "post", "post comments"
    REACT = "react", "react"
    MODERATE = "moderate", "moderate"


class ApiToken(models.Model):
    """A key for a program. Only its digest is kept, so it is shown exactly once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What it is for.")
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=8, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


# Django finds models in this module alone, and these point at people.
from .moderation_models import Suspension as Suspension  # noqa: E402 -- see above
from .moderation_models import UserNote as UserNote  # noqa: E402 -- see above
