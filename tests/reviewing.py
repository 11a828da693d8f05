"""Makes what waits in the review queue, as the log and the archive would have it. Sync, ORM."""

from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_redis import get_redis_connection

from comments import archive as comments_archive
from comments.models import Hold
from comments.review.models import Appeal, Report
from livecomments import eventlog, events, ids, redisdb
from livecomments.protocol import Comment, Person, ReportReason
from streams import archive as streams_archive
from streams.models import Sanction
from streams.payloads import room_of
from tests.factories import CommentFactory, UserFactory, log_of

QUEUE = "/admin/review/"


def held(stream, text="spam?", reason="spam_words", **fields):
    """A comment that waits, in Redis and as a row."""
    author = fields.pop("author", None) or UserFactory()
    said = events.CommentSaid(
        author=author.pk, name=author.display_name, text=text, reason=reason, **fields
    )
    number = async_to_sync(eventlog.append)(
        room_of(stream),
        said,
        kind=events.COMMENT_HELD,
        operations=[eventlog.Operation("wait", "-")],
    )
    archived(stream)
    return Hold.objects.get(pk=number)


def reported(stream, comment=None, *, reporter=None, reason=ReportReason.SPAM, note="", weight=1):
    """A report of a comment, in the log and as a row."""
    comment = comment or CommentFactory(stream=stream)
    person = Person(id=str(comment.author_id), name=comment.author_name)
    body = events.CommentReported(
        comment=Comment(id=str(comment.pk), user=person, text=comment.text, at=1),
        reporter=(reporter or UserFactory()).pk,
        reason=reason,
        reports=1,
        note=note,
        weight=weight,
    )
    number = async_to_sync(eventlog.append)(room_of(stream), body)
    archived(stream)
    return Report.objects.get(pk=number)


def sanctioned(stream, user, *, by=None):
    return Sanction.objects.create(
        stream=stream,
        user=user,
        kind="ban",
        placed_at=timezone.now(),
        log_id=ids.first_id_at(int(timezone.now().timestamp() * 1000)) + user.pk,
        placed_by=by,
    )


def appealed(stream, user=None, **subject):
    user = user or UserFactory()
    if not subject:
        subject = {"sanction": sanctioned(stream, user)}
    now = timezone.now()
    return Appeal.objects.create(
        place=ids.first_id_at(int(now.timestamp() * 1000)),
        user=user,
        stream=stream,
        text="I only said hello",
        filed_at=now,
        **subject,
    )


def archived(stream):
    """What the batcher would have made of the log by now."""
    raw = get_redis_connection("default").xrange(redisdb.log(stream.partition))
    entries = [eventlog.read_entry(stream.partition, *entry) for entry in raw]
    with transaction.atomic():
        streams_archive.store(entries)
        comments_archive.store(entries)


def url_of(kind, number):
    return reverse("review_item", args=[kind, number])


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def last(stream):
    kind, raw = log_of(stream)[-1]
    return kind, events.decode(kind, raw)


def numbers(items):
    return [(item.kind.value, item.number) for item in items]


def permitted(*codenames):
    """Somebody of the house with these permissions and no role in any stream."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user
