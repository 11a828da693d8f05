"""What a replay amounts to: the figures, in words, and whether they are right. Sync, pure."""

from collections import Counter
from dataclasses import dataclass, field

from livecomments.client.outbox import Lost
from livecomments.protocol import CommentAccepted, CommentHeld, Error

from .cast import Saying
from .histogram import Histogram
from .play import Played
from .wall import Expected, Verdict, Wall, judge


@dataclass(frozen=True, slots=True)
class Archived:
    """What Postgres has of a replay: its comments, and what anybody said that was left out."""

    ids: set[int]
    left_out: set[int]


@dataclass
class Summary:
    """The figures of a replay. `archived` is None when the archive could not be asked."""

    lines: int
    sent: int
    acknowledged: int
    left_out: int
    archived: int | None
    not_archived: int
    archived_unacknowledged: int
    archived_otherwise: int
    held: int
    refused: Counter[str]
    lost: Counter[str]
    personal: Counter[str]
    viewers: int
    processes: Counter[str]
    verdict: Verdict
    reloads: int
    gaps: int
    stale_frames: int
    different_bytes: int
    changed_texts: int
    turned_away: Counter[str]
    viewer_reconnects: int
    author_reconnects: int
    most_authors: int
    seconds: float
    latest_line_seconds: float
    interrupted: bool
    shown: Histogram = field(default_factory=Histogram)
    answered: Histogram = field(default_factory=Histogram)

    @property
    def faults(self) -> list[str]:
        """What was promised and not kept, each in a few words."""
        verdict = self.verdict
        counts = {
            "acknowledged comments missing from a view": verdict.missing,
            "comments shown twice": verdict.doubled + self.stale_frames,
            "comments out of order": verdict.out_of_order,
            "comments shown that were to be left out": verdict.shown_left_out,
            "comments left out that no frame counted, or counted twice": verdict.miscounted,
            "frames that differed between viewers": self.different_bytes,
            "comments whose text changed": self.changed_texts,
            "acknowledged comments not archived": self.not_archived,
            "comments archived without an acknowledgement": self.archived_unacknowledged,
            "comments left out or not, otherwise than archived": self.archived_otherwise,
        }
        faults = [f"{count:,} {what}" for what, count in counts.items() if count]
        if self.archived is None:
            faults.append("the archive could not be asked")
        return faults


def summarize(played: Played, archived: Archived | None) -> Summary:
    """Return the figures; `archived` is what was found in Postgres."""
    cast, viewers, wall = played.cast, played.viewers, played.wall
    acknowledged = cast.acknowledged
    found = archived.ids if archived is not None else acknowledged
    most_left_out = None if archived is None else len(archived.left_out | cast.left_out)
    summary = Summary(
        lines=len(played.plan.lines),
        sent=len(cast.sayings),
        acknowledged=len(acknowledged),
        left_out=len(cast.left_out),
        archived=None if archived is None else len(found),
        not_archived=len(acknowledged - found),
        archived_unacknowledged=len(found - acknowledged),
        archived_otherwise=_otherwise(cast.left_out, acknowledged, archived),
        held=sum(isinstance(saying.answer, CommentHeld) for saying in cast.sayings),
        refused=Counter(
            saying.answer.code.value for saying in cast.sayings if isinstance(saying.answer, Error)
        ),
        lost=Counter(
            saying.answer.value for saying in cast.sayings if isinstance(saying.answer, Lost)
        ),
        personal=cast.personal,
        viewers=played.plan.viewers,
        processes=viewers.processes,
        verdict=judge(viewers.views, Expected(acknowledged, cast.left_out, most_left_out)),
        reloads=sum(view.reloads for view in viewers.views),
        gaps=sum(viewer.session.gaps for viewer in viewers.everybody),
        stale_frames=sum(viewer.session.stale_frames for viewer in viewers.everybody),
        different_bytes=wall.different_bytes,
        changed_texts=wall.changed_texts + _changed(cast.sayings, wall),
        turned_away=_turned_away(played),
        viewer_reconnects=viewers.reconnects,
        author_reconnects=cast.reconnects,
        most_authors=cast.most_open_sockets,
        seconds=played.seconds,
        latest_line_seconds=played.latest_line_seconds,
        interrupted=played.interrupted,
    )
    _measure(summary, cast.sayings, wall)
    return summary


def _otherwise(left_out: set[int], acknowledged: set[int], archived: Archived | None) -> int:
    """Count archived comments that were left out by the one account and not by the other."""
    if archived is None:
        return 0
    return len((left_out ^ (archived.left_out & acknowledged)) & archived.ids)


def _changed(sayings: list[Saying], wall: Wall) -> int:
    """Count comments that were shown otherwise than they were acknowledged."""
    changed = 0
    for saying in sayings:
        if isinstance(saying.answer, CommentAccepted):
            comment = saying.answer.comment
            changed += wall.comments.get(int(comment.id), comment) != comment
    return changed


def _turned_away(played: Played) -> Counter[str]:
    """Count the reasons for which the server would not have somebody."""
    reasons = Counter(played.cast.turned_away)
    for viewer in played.viewers.everybody:
        if viewer.session.why_stopped:
            reasons[viewer.session.why_stopped] += 1
    return reasons


def _measure(summary: Summary, sayings: list[Saying], wall: Wall) -> None:
    said: dict[int, float] = {}
    for saying in sayings:
        number = saying.comment_id
        if number is not None:
            said[number] = wall.ms(saying.said_at)
            summary.answered.add((saying.answered_at - saying.said_at) * 1000)
    for batch in wall.batches:
        for number in batch.ids:
            began = said.get(number)
            if began is not None:
                for ms, viewers in batch.arrivals.items():
                    summary.shown.add(ms - began, viewers)


def in_words(summary: Summary) -> str:
    """Return the summary as it is printed."""
    verdict = summary.verdict
    archived = "unknown" if summary.archived is None else f"{summary.archived:,}"
    rate = summary.acknowledged / summary.seconds if summary.seconds else 0.0
    share = summary.acknowledged / summary.sent if summary.sent else 0.0
    rows = [
        ("lines", f"{summary.lines:,}"),
        ("sent", f"{summary.sent:,} in {summary.seconds:.1f} s"),
        ("acknowledged", f"{summary.acknowledged:,} ({share:.2%}), {rate:.1f} comments/s"),
        ("refused", _listed(summary.refused)),
        ("held", f"{summary.held:,}"),
        ("no answer", _listed(summary.lost)),
        ("archived", archived),
        (
            "viewers",
            f"{summary.viewers:,}: {_listed(summary.processes)}",
        ),
        (
            "all, once, in order",
            f"{verdict.right_viewers:,} of {summary.viewers:,} viewers "
            f"(missing {verdict.missing:,}, doubled {verdict.doubled + summary.stale_frames:,}, "
            f"out of order {verdict.out_of_order:,})",
        ),
        ("post to shown", str(summary.shown)),
        ("post to answer", str(summary.answered)),
        (
            "reconnects",
            f"viewers {summary.viewer_reconnects:,}, authors {summary.author_reconnects:,}; "
            f"gaps {summary.gaps:,}, told to reload {summary.reloads:,}",
        ),
        ("authors at once", f"{summary.most_authors:,}"),
    ]
    if summary.left_out:
        share = summary.left_out / summary.acknowledged
        rows.append(("left out", f"{summary.left_out:,} ({share:.2%}), and counted in the frames"))
    if summary.personal:
        rows.append(("told in person", _listed(summary.personal)))
    if summary.turned_away:
        rows.append(("turned away", _listed(summary.turned_away)))
    if summary.latest_line_seconds > 0.1:
        late = f"a line was sent {summary.latest_line_seconds:.1f} s after its time, at worst"
        rows.append(("this machine", late))
    if summary.interrupted:
        rows.append(("interrupted", "the rest of the lines was not sent"))
    return "\n".join(f"{name:<20} {value}" for name, value in rows)


def _listed(counts: Counter[str]) -> str:
    if not counts:
        return "0"
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
