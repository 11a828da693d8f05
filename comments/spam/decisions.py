"""What moderators decided, as texts to learn from. Sync, ORM, reads only.

Spam is what a moderator hid or refused; what people said is what still stands, and what was
approved. An expired hold was decided by nobody, and an author's own withdrawal says nothing.
"""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from comments.models import Comment, Hold, HoldStatus, Status
from livecomments.protocol import Role
from streams.models import Sanction

from .corpus import Sample

SOURCE = "moderators"
PEOPLE_PER_SPAM = 4  # more of them would only take longer
PEOPLE_AT_LEAST = 2_000
SPAM_AT_MOST = 50_000


def decided_samples() -> list[Sample]:
    """Return the latest of what moderators decided, and of what they let stand several times as
    much; no text twice."""
    spam = list(dict.fromkeys(_spam()))
    wanted = max(PEOPLE_AT_LEAST, PEOPLE_PER_SPAM * len(spam))
    people = dict.fromkeys(_people(wanted))
    hidden = frozenset(spam)
    return [Sample(text, True, SOURCE) for text in spam] + [
        Sample(text, False, SOURCE) for text in people if text not in hidden
    ]


def _spam() -> Iterator[str]:
    hidden = Comment.objects.filter(status=Status.HIDDEN).order_by("-id")
    refused = Hold.objects.filter(status=HoldStatus.REFUSED, decided_by__isnull=False)
    yield from hidden.values_list("text", flat=True)[:SPAM_AT_MOST]
    yield from refused.order_by("-number").values_list("text", flat=True)[:SPAM_AT_MOST]


def _people(wanted: int) -> Iterator[str]:
    # Whoever is banned or timed out said other things too; nobody looked at each of them.
    sanctioned = Sanction.objects.filter(
        stream=OuterRef("stream"), user=OuterRef("author"), lifted_at__isnull=True
    )
    visible = Comment.objects.filter(
        ~Exists(sanctioned), status=Status.VISIBLE, author_role=Role.VIEWER.value
    )
    yield from visible.order_by("-id").values_list("text", flat=True)[:wanted]
