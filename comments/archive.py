"""Comments and holds from the log to rows, and back for a restore. Sync, ORM.

Called by the batcher only, in the transaction that moves the archive's cursor, with the entries of
one partition in log order.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.db.models import Q

from livecomments import events, ids, protocol
from livecomments.protocol import Quote, Role
from streams.models import Stream

from .models import Comment, Hold, HoldStatus, Status
from .payloads import comment_of
from .spam.text import excerpt

# One statement for any number of rows: an array per column (DECISIONS.md, "unnest").
_INSERT = """
INSERT INTO comments_comment
    (id, stream_id, author_id, author_name, author_role, author_new, text, reply_to, quote,
     status, created_at, offset_ms, hold, left_out)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::text[],
    %s::bigint[], %s::jsonb[], %s::smallint[], %s::timestamptz[], %s::integer[], %s::bigint[],
    %s::boolean[])
ON CONFLICT (id) DO NOTHING
"""
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
_MAX_OFFSET = timedelta(days=24)  # what an integer of milliseconds can hold


def store(entries: Sequence[events.Entry]) -> None:
    """Write what was said, held, hidden and restored."""
    _insert_posted([entry for entry in entries if entry.kind == events.COMMENT_POSTED])
    _insert_held([entry for entry in entries if entry.kind == events.COMMENT_HELD])
    for entry in entries:
        match entry.body:
            case events.CommentSaid(hold=str(hold), by=by):
                _decide(hold, HoldStatus.APPROVED, entry, by=by, comment_id=entry.id)
            case events.HoldClosed(hold=hold, outcome=outcome, by=by):
                _decide(hold, HoldStatus(outcome), entry, by=by)
            case events.CommentHidden(comment=comment):
                _change(entry, int(comment), status=Status.HIDDEN)
                _requote(entry, int(comment), "")
            case events.CommentRestored(comment=restored):
                # Every viewer is shown what is restored, also what was left out before.
                _change(entry, int(restored.id), status=Status.VISIBLE, left_out=False)
                _requote(entry, int(restored.id), excerpt(restored.text))
            case _:
                pass


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
    started = _start_times({entry.stream_id for entry in entries})
    rows = [_row(entry, started.get(entry.stream_id)) for entry in entries]
    columns = [list(column) for column in zip(*rows, strict=True)]
    replies = [entry.id for entry in entries if entry.body.reply_to]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)
        if replies:
            cursor.execute(_BLANK_QUOTES, [replies, int(Status.VISIBLE)])


def _row(entry: events.Entry, started: datetime | None) -> tuple[object, ...]:
    said = entry.body
    assert isinstance(said, events.CommentSaid)
    at = ids.id_time(entry.id)
    offset = at - started if started else None
    fits = offset is not None and timedelta(0) <= offset < _MAX_OFFSET
    return (
        entry.id,
        entry.stream_id,
        said.author,
        said.name,
        said.role.value,
        said.new,
        said.text,
        int(said.reply_to) if said.reply_to else None,
        _json(said.quote),
        int(Status.VISIBLE),
        at,
        int(offset.total_seconds() * 1000) if offset is not None and fits else None,
        int(said.hold) if said.hold else None,
        entry.left_out,
    )


def _json(quote: Quote | None) -> str | None:
    return json.dumps(msgspec.to_builtins(quote)) if quote else None


def _start_times(stream_ids: Iterable[int]) -> dict[int, datetime | None]:
    return dict(Stream.objects.filter(id__in=stream_ids).values_list("id", "started_at"))


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


def _change(entry: events.Entry, comment_id: int, **columns: Status | bool) -> None:
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
    )
