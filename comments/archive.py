"""Comments and holds from the log to rows, and back for a restore. Sync, ORM.

Called by the batcher only, in the transaction that moves the archive's cursor, with the entries of
one partition in log order.
"""

import json
from collections.abc import Sequence

import msgspec
from django.db import connection
from django.db.models import Q

from livecomments import events, ids, protocol
from livecomments.protocol import Quote, Role

from .models import Comment, Hold, HoldStatus, Status
from .payloads import comment_of
from .review import archive as review_archive
from .spam.text import excerpt

# One statement and one parameter for any number of rows: made in C here, taken apart in C there
# (DECISIONS.md, "Rows as JSON"). The offset is kept where it fits an integer of milliseconds.
_INSERT = """
INSERT INTO comments_comment
    (id, stream_id, author_id, author_name, author_role, author_new, text, reply_to, quote,
     status, created_at, offset_ms, hold, left_out)
SELECT said.id, said.stream, said.author, said.name, said.role, said.new, said.text,
    said.reply_to, said.quote, %s, to_timestamp(said.ms / 1000.0),
    CASE WHEN said.ms >= began.ms AND said.ms - began.ms < %s THEN floor(said.ms - began.ms) END,
    said.hold, said.left_out
FROM json_to_recordset(%s::json) AS said (
    id bigint, stream bigint, author bigint, name text, role text, new boolean, text text,
    reply_to bigint, quote jsonb, ms bigint, hold bigint, left_out boolean)
LEFT JOIN (
    SELECT id, extract(epoch FROM started_at) * 1000 AS ms FROM streams_stream
) AS began ON began.id = said.stream
ON CONFLICT (id) DO NOTHING
"""
_MAX_OFFSET_MS = 24 * 24 * 60 * 60 * 1000  # 24 days: what an integer can hold
_REQUOTE = """
UPDATE comments_comment SET quote = jsonb_set(quote, '{text}', %s::jsonb)
WHERE stream_id = %s AND reply_to = %s AND quote IS NOT NULL
"""
# A reply may have been on its way, with its quote, while what it answers was hidden.
_BLANK_QUOTES = """
UPDATE comments_comment AS reply SET quote = jsonb_set(reply.quote, '{text}', '""'::jsonb)
FROM comments_comment AS target
WHERE reply.id = ANY(%s) AND target.id = reply.reply_to AND target.status <> %s
"""
# What was hidden by one clearing leaves the replies to it as well.
_BLANK_QUOTES_OF = """
UPDATE comments_comment AS reply SET quote = jsonb_set(reply.quote, '{text}', '""'::jsonb)
FROM comments_comment AS target
WHERE target.stream_id = %s AND target.author_id = %s AND target.hidden_by = %s
    AND reply.stream_id = target.stream_id AND reply.reply_to = target.id
    AND reply.quote IS NOT NULL
"""


def store(entries: Sequence[events.Entry]) -> None:
    """Write what was said, held, hidden and restored."""
    _insert_posted([entry for entry in entries if entry.kind == events.COMMENT_POSTED])
    _insert_held([entry for entry in entries if entry.kind == events.COMMENT_HELD])
    actions = [entry for entry in entries if not _is_talk(entry)]
    for entry in actions:
        match entry.body:
            case events.CommentSaid(hold=str(hold), by=by):
                _decide(hold, HoldStatus.APPROVED, entry, by=by, comment_id=entry.id)
            case events.HoldClosed(hold=hold, outcome=outcome, by=by):
                _decide(hold, HoldStatus(outcome), entry, by=by)
            case events.CommentHidden(comment=comment):
                _hide(entry, int(comment))
            case events.CommentWithdrawn(comment=comment):
                _change(entry, int(comment), status=Status.WITHDRAWN, hidden_by=None)
                _requote(entry, int(comment), "")
            case events.CommentRestored(comment=restored):
                # Every viewer is shown what is restored, also what was left out before.
                _restore(entry, int(restored.id), restored.text)
            case events.UserCleared(user=user):
                _clear(entry, user)
            case events.UserRestored(user=user, clear=clear):
                _restore_cleared(entry, user, int(clear))
            case _:
                pass
    review_archive.store(actions)


def _is_talk(entry: events.Entry) -> bool:
    """True for what was said and nobody decided on: nearly everything."""
    return isinstance(entry.body, events.CommentSaid) and entry.body.hold is None


def open_holds(stream_id: int) -> list[tuple[int, events.CommentSaid]]:
    """Return what waits for a moderator, as it was said, oldest first."""
    rows = Hold.objects.filter(stream_id=stream_id, status=HoldStatus.OPEN).order_by("number")
    return [(row.number, _said(row)) for row in rows]


def recent_of(stream_id: int, limit: int) -> list[protocol.Comment]:
    """Return the last comments that viewers were shown and still may see, oldest first."""
    rows = Comment.objects.filter(
        stream_id=stream_id, status=Status.VISIBLE, left_out=False
    ).order_by("-id")
    return [comment_of(row) for row in reversed(rows[:limit])]


def _insert_posted(entries: Sequence[events.Entry]) -> None:
    if not entries:
        return
    rows = msgspec.json.encode([_row(entry) for entry in entries]).decode()
    replies = [
        entry.id
        for entry in entries
        if isinstance(entry.body, events.CommentSaid) and entry.body.reply_to
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [int(Status.VISIBLE), _MAX_OFFSET_MS, rows])
        if replies:
            cursor.execute(_BLANK_QUOTES, [replies, int(Status.VISIBLE)])


class _Row(msgspec.Struct):
    """One comment as `_INSERT` expects it."""

    id: int
    stream: int
    author: int
    name: str
    role: Role
    new: bool
    text: str
    reply_to: str | None
    quote: Quote | None
    ms: int
    hold: str | None
    left_out: bool


def _row(entry: events.Entry) -> _Row:
    said = entry.body
    assert isinstance(said, events.CommentSaid)
    return _Row(
        id=entry.id,
        stream=entry.stream_id,
        author=said.author,
        name=said.name,
        role=said.role,
        new=said.new,
        text=said.text,
        reply_to=said.reply_to,
        quote=said.quote,
        ms=entry.at_ms,
        hold=said.hold,
        left_out=entry.left_out,
    )


def _insert_held(entries: Sequence[events.Entry]) -> None:
    rows = []
    for entry in entries:
        said = entry.body
        assert isinstance(said, events.CommentSaid)
        rows.append(
            Hold(
                number=entry.id,
                stream_id=entry.stream_id,
                author_id=said.author,
                author_name=said.name,
                author_role=said.role.value,
                author_new=said.new,
                text=said.text,
                reply_to=int(said.reply_to) if said.reply_to else None,
                quote=msgspec.to_builtins(said.quote),
                reason=said.reason or events.REVIEW,
                detail=said.detail,
                held_at=ids.id_time(entry.id),
            )
        )
    Hold.objects.bulk_create(rows, ignore_conflicts=True)


def _decide(
    hold: str,
    status: HoldStatus,
    entry: events.Entry,
    *,
    by: int | None,
    comment_id: int | None = None,
) -> None:
    Hold.objects.filter(Q(number=int(hold)) & Q(stream_id=entry.stream_id)).update(
        status=status, decided_at=ids.id_time(entry.id), decided_by_id=by, comment_id=comment_id
    )


def _hide(entry: events.Entry, comment_id: int) -> None:
    """What is hidden or withdrawn stays so by what was done first: that is what takes it back."""
    rows = Comment.objects.filter(id=comment_id, stream_id=entry.stream_id)
    rows.filter(status=Status.VISIBLE).update(status=Status.HIDDEN, hidden_by=entry.id)
    _requote(entry, comment_id, "")


def _restore(entry: events.Entry, comment_id: int, text: str) -> None:
    rows = Comment.objects.filter(id=comment_id, stream_id=entry.stream_id)
    back = rows.exclude(status=Status.WITHDRAWN)
    if back.update(status=Status.VISIBLE, hidden_by=None, left_out=False):
        _requote(entry, comment_id, excerpt(text))


def _clear(entry: events.Entry, user_id: int) -> None:
    """Hide what a person said before this; each row notes by what, so that it can be taken back."""
    rows = Comment.objects.filter(stream_id=entry.stream_id, author_id=user_id, id__lt=entry.id)
    rows.filter(status=Status.VISIBLE).update(status=Status.HIDDEN, hidden_by=entry.id)
    with connection.cursor() as cursor:
        cursor.execute(_BLANK_QUOTES_OF, [entry.stream_id, user_id, entry.id])


def _restore_cleared(entry: events.Entry, user_id: int, clear: int) -> None:
    rows = Comment.objects.filter(
        stream_id=entry.stream_id, author_id=user_id, id__lt=clear, hidden_by=clear
    )
    back = list(rows.values_list("id", "text"))
    rows.update(status=Status.VISIBLE, hidden_by=None)
    quoted = Comment.objects.filter(
        stream_id=entry.stream_id, reply_to__in=[comment_id for comment_id, _ in back]
    )
    answered = set(quoted.values_list("reply_to", flat=True))
    for comment_id, text in back:
        if comment_id in answered:
            _requote(entry, comment_id, excerpt(text))


def _change(entry: events.Entry, comment_id: int, **columns: Status | int | None) -> None:
    Comment.objects.filter(id=comment_id, stream_id=entry.stream_id).update(**columns)


def _requote(entry: events.Entry, comment_id: int, text: str) -> None:
    """Let what quotes a comment show this text: a hidden one leaves the replies to it as well."""
    with connection.cursor() as cursor:
        cursor.execute(_REQUOTE, [json.dumps(text), entry.stream_id, comment_id])


def _said(row: Hold) -> events.CommentSaid:
    return events.CommentSaid(
        author=row.author_id,
        name=row.author_name,
        text=row.text,
        role=Role(row.author_role),
        new=row.author_new,
        reply_to=str(row.reply_to) if row.reply_to else None,
        quote=msgspec.convert(row.quote, Quote) if row.quote else None,
        reason=row.reason,
        detail=row.detail,
    )
