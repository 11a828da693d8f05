"""Whether what viewers were shown and the archive holds is what was acknowledged. Sync, pure.

Every viewer was compared byte for byte with the shared frames as it got them (audience.py), and
stands at the frame after its last: so it is enough to look at the shared frames once.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from .audience import Audience
from .authors import Ledger


def faults_of(
    audience: Audience, ledger: Ledger, archived: Mapping[int, str] | None, *, cut_allowed: bool
) -> list[str]:
    """Return what was promised and not kept, each in a few words. `archived`: texts by id."""
    book = audience.book
    counts: Counter[str] = Counter(book.faults)
    counts.update(ledger.faults)
    _compare_shown(audience, ledger, counts)
    counts["viewers that were not shown everything"] += _behind(audience, ledger, cut_allowed)
    if not cut_allowed:
        counts["viewers cut off"] += audience.cut_by_server
    counts["comments without an answer"] += ledger.unanswered
    if ledger.sent and not ledger.sent_at:
        counts[f"comments of which none was accepted ({dict(ledger.refused)})"] += ledger.sent
    if ledger.pressed:
        pressed = ledger.pressed - ledger.pressed_refused
        counts["reactions more or fewer than were pressed"] += abs(book.reactions.total() - pressed)
    if archived is None:
        counts["archive that stood still"] += 1
    else:
        _compare_archive(ledger, archived, counts)
    return [f"{count:,} {what}" for what, count in counts.items() if count]


def _compare_shown(audience: Audience, ledger: Ledger, counts: Counter[str]) -> None:
    book = audience.book
    ids = [number for shown in book.in_order for number in shown.ids]
    acknowledged = ledger.sent_at.keys() - ledger.left_out
    counts["comments shown twice"] += len(ids) - len(set(ids))
    counts["comments out of order"] += sum(b < a for a, b in pairwise(ids))
    counts["acknowledged comments never shown"] += len(acknowledged - set(ids))
    if not ledger.unanswered:
        counts["comments shown that nobody wrote"] += len(set(ids) - ledger.sent_at.keys())
    counts["left-out comments that were shown"] += len(ledger.left_out & set(ids))
    told = sum(shown.left_out for shown in book.in_order)
    counts["left-out comments that were not counted"] += abs(told - len(ledger.left_out))
    counts["comments shown with another text"] += sum(
        book.texts[number] != ledger.texts.get(number, book.texts[number]) for number in ids
    )


def _behind(audience: Audience, ledger: Ledger, cut_allowed: bool) -> int:
    target = audience.book.frame_of(ledger.last_id)
    if target is None:
        return len(audience.everybody) if ledger.sent_at else 0
    return sum(
        viewer.expected <= target
        for viewer in audience.everybody
        if viewer.transport is not None or not cut_allowed
    )


def _compare_archive(ledger: Ledger, archived: Mapping[int, str], counts: Counter[str]) -> None:
    acknowledged = ledger.sent_at.keys()
    counts["acknowledged comments not archived"] += len(acknowledged - archived.keys())
    counts["comments archived with another text"] += sum(
        archived.get(number, text) != text for number, text in ledger.texts.items()
    )
    if not ledger.unanswered:
        counts["comments archived that nobody was told of"] += len(archived.keys() - acknowledged)
