"""Rows by the million for the pages of the admin, made by Postgres itself. Sync, ORM.

Comments are spread over thirty days and forty streams; one stream has two thirds of them, and one
person a fiftieth, as in a real installation. A few in a thousand are hidden.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from livecomments import ids

DAYS = 30
STREAMS = 40


@dataclass(frozen=True, slots=True)
class Rows:
    """How many of each kind."""

    comments: int
    people: int
    holds: int
    audit: int
    sanctions: int
    reports: int


FULL = Rows(
    comments=5_000_000, people=20_000, holds=50_000, audit=100_000, sanctions=20_000, reports=50_000
)
SHORT = Rows(comments=50_000, people=500, holds=1_000, audit=2_000, sanctions=300, reports=1_000)

PEOPLE = """
INSERT INTO accounts_user (username, display_name, email, password, first_name, last_name, is_staff,
                           is_superuser, is_active, date_joined, standing)
SELECT 'crowd ' || n, 'Crowd ' || n, 'crowd' || n || '@example.org', '!', '', '', false,
       false, true, now() - interval '90 days', n %% 3
FROM generate_series(1, %(people)s) n
"""
THE_STREAMS = """
INSERT INTO streams_stream (slug, title, description, broadcaster_id, playback_url, created_at,
                            partition, status, closed, slow_seconds, min_account_age_minutes,
                            review, pace, room_log_id)
SELECT 'crowded-' || n, 'Crowded ' || n, '', (SELECT min(id) FROM accounts_user), '', now(),
       0, 'live', false, 0, 0, false, 20, 0
FROM generate_series(1, %(streams)s) n
"""
# An id is a time: 22 bits stand for what happened within one millisecond.
COMMENTS = """
INSERT INTO comments_comment (id, stream_id, author_id, author_name, author_role, author_new, text,
                              status, created_at, left_out)
SELECT %(first)s + n * %(step)s, s.id, a.id, a.display_name, 'viewer', n %% 20 = 0,
       'What somebody says in number ' || n || ' of all these comments', v.status,
       to_timestamp(%(epoch)s + (%(first)s + n * %(step)s) / 4194304 / 1000.0), n %% 7 = 0
FROM generate_series(0::bigint, %(comments)s - 1) n
JOIN LATERAL (SELECT CASE WHEN n %% 3 < 2 THEN 1 ELSE 1 + n %% %(streams)s END AS at) p ON true
JOIN numbered_streams s ON s.at = p.at
JOIN LATERAL (SELECT CASE WHEN n %% 50 = 0 THEN 1 ELSE 1 + (n * 7919) %% %(people)s END AS at) q
  ON true
JOIN numbered_people a ON a.at = q.at
JOIN LATERAL (SELECT CASE WHEN n %% 250 = 0 THEN 1 WHEN n %% 999 = 0 THEN 2 ELSE 0 END AS status) v
  ON true
"""
HOLDS = """
INSERT INTO comments_hold (number, stream_id, author_id, author_name, author_role, author_new, text,
                           reason, detail, status, held_at)
SELECT %(first)s + n * %(step)s, s.id, a.id, a.display_name, 'viewer', false, 'held ' || n,
       'words', '', CASE WHEN n %% 50 = 0 THEN 'open' ELSE 'approved' END,
       to_timestamp(%(epoch)s + (%(first)s + n * %(step)s) / 4194304 / 1000.0)
FROM generate_series(0::bigint, %(holds)s - 1) n
JOIN numbered_streams s ON s.at = 1 + n %% %(streams)s
JOIN numbered_people a ON a.at = 1 + (n * 31) %% %(people)s
"""
AUDIT = """
INSERT INTO streams_auditentry (log_id, stream_id, at, action, actor_id, target_user_id, event)
SELECT %(first)s + n * %(step)s, s.id,
       to_timestamp(%(epoch)s + (%(first)s + n * %(step)s) / 4194304 / 1000.0),
       (ARRAY['comment.hidden', 'user.sanctioned', 'modes.changed', 'hold.closed'])[1 + n %% 4],
       a.id, a.id, '{"reason": "words", "by": 1}'
FROM generate_series(0::bigint, %(audit)s - 1) n
JOIN numbered_streams s ON s.at = 1 + n %% %(streams)s
JOIN numbered_people a ON a.at = 1 + n %% 100
"""
SANCTIONS = """
INSERT INTO streams_sanction (stream_id, user_id, kind, reason, placed_at, log_id, lifted_at)
SELECT s.id, a.id, 'ban', 'spam', now(), %(first)s + n * %(step)s,
       CASE WHEN n %% 3 = 0 THEN NULL ELSE now() END
FROM generate_series(0::bigint, %(sanctions)s - 1) n
JOIN numbered_streams s ON s.at = 1 + n %% %(streams)s
JOIN numbered_people a ON a.at = 1 + n / %(streams)s %% %(people)s
"""
REPORTS = """
INSERT INTO comments_report (log_id, stream_id, comment_id, text, author_id, author_name,
                             reporter_id, reason, note, weight, reported_at, leads, outcome)
SELECT %(first)s + n * %(step)s, s.id, %(first)s + n * %(step)s, 'reported ' || n, a.id,
       a.display_name, b.id, 'spam', '', 1, now(), true,
       CASE WHEN n %% 20 = 0 THEN 'open' WHEN n %% 3 = 0 THEN 'dismissed' ELSE 'upheld' END
FROM generate_series(0::bigint, %(reports)s - 1) n
JOIN numbered_streams s ON s.at = 1 + n %% %(streams)s
JOIN numbered_people a ON a.at = 1 + (n * 7) %% %(people)s
JOIN numbered_people b ON b.at = 1 + (n * 13) %% %(people)s
"""
NUMBERED = """
CREATE TEMPORARY TABLE numbered_people AS
  SELECT id, display_name, row_number() OVER (ORDER BY id) AS at FROM accounts_user
  WHERE username LIKE 'crowd %';
CREATE UNIQUE INDEX ON numbered_people (at);
CREATE TEMPORARY TABLE numbered_streams AS
  SELECT id, row_number() OVER (ORDER BY id) AS at FROM streams_stream WHERE slug LIKE 'crowded-%';
CREATE UNIQUE INDEX ON numbered_streams (at);
"""
FORGET = "DROP TABLE numbered_people, numbered_streams"
TABLES = (
    ("comments", COMMENTS),
    ("holds", HOLDS),
    ("audit", AUDIT),
    ("sanctions", SANCTIONS),
    ("reports", REPORTS),
)


def seed(rows: Rows) -> None:
    """Fill the database with so many rows, and let the planner know of them."""
    now_ms = int(timezone.now().timestamp() * 1000)
    first = ids.first_id_at(now_ms - DAYS * 86_400_000)
    counts = {name: getattr(rows, name) for name in rows.__slots__}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, counts)
        cursor.execute(THE_STREAMS, {"streams": STREAMS})
        cursor.execute(NUMBERED)
        for name, sql in TABLES:
            span = ids.first_id_at(now_ms) - first
            stretch = {"first": first, "step": span // counts[name], "epoch": ids.EPOCH_MS / 1000}
            cursor.execute(sql, counts | stretch | {"streams": STREAMS})
        cursor.execute(FORGET)
        cursor.execute("ANALYZE")
