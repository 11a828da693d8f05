"""Decides whether the promise held: every history of a run gets a verdict. Sync, pure.

lost: every acknowledged comment is in Postgres, and was shown to every viewer who was connected or
came back – unless the frame said that it was left out, or a moderator hid it. What a viewer owes
who was told to reload: tests/faults/watching.py. doubled: one id per nonce, one row per nonce, one
showing per id and viewer. reordered: what is shown rises; what was acknowledged before another was
sent has the lower id. ghosts: nothing is shown or stored that was refused, never sent, or changed
on the way. A post of unknown outcome may be either, but the same for everybody. returned: nothing
hidden comes back. diverged: in the end every viewer shows what Postgres has. miscounted: frames say
how many they left out. presses: no reaction is counted that nobody made.
"""

from collections import defaultdict
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter

from .history import History, Kind, Outcome, Post, Told, View, nonce_of
from .truth import Truth
from .verdict import Findings, Verdict
from .watching import judge_view

__all__ = ["Verdict", "judge"]


def judge(history: History) -> Verdict:
    """Return the verdict on a run that has settled."""
    findings = Findings(history)
    streams = {post.stream for post in history.posts.values()}
    streams |= {row.stream for row in history.rows} | {view.stream for view in history.views}
    truths = {stream: Truth(history, stream) for stream in streams}
    _judge_posts(history, truths, findings)
    _judge_order(history, findings)
    _judge_actions(history, truths, findings)
    _judge_presses(history, findings)
    for view, viewers in _alike(history):
        judge_view(view, truths[view.stream], findings, viewers)
    outcomes = history.outcomes()
    verdict = findings.end()
    verdict.refused = outcomes[Outcome.REFUSED] + outcomes[Outcome.HELD]
    verdict.unknown = outcomes[Outcome.UNKNOWN] + outcomes[Outcome.WAITING]
    return verdict


def _alike(history: History) -> Iterator[tuple[View, int]]:
    """Yield views that differ, and how many viewers had each."""
    alike: dict[tuple[object, ...], list[View]] = defaultdict(list)
    for view in history.views:
        alike[view.stream, view.stayed, *map(id, view.told)].append(view)
    for views in alike.values():
        yield views[0], len(views)


# --- posts, their rows, what was shown of them ----------------------------------------------------


def _judge_posts(history: History, truths: dict[int, Truth], findings: Findings) -> None:
    stored: dict[str, set[int]] = defaultdict(set)
    for truth in truths.values():
        for row in truth.rows.values():
            stored[nonce_of(row.text)].add(row.id)
            _judge_content(history, row.id, (row.stream, row.user, row.text), findings)
    shown: dict[str, set[int]] = defaultdict(set)
    for number, said in [*history.shown.items(), *history.shown_otherwise]:
        if number > history.begins.get(said.stream, 0):
            shown[nonce_of(said.text)].add(number)
            if not _judge_content(history, number, (said.stream, said.user, said.text), findings):
                continue
            if nonce_of(history.shown[number].text) != nonce_of(said.text):
                findings.add("doubled", f"one id for two comments: {findings.name(number)}")
    for nonce, post in history.posts.items():
        _judge_post(history, post, stored[nonce], shown[nonce], truths, findings)


def _judge_content(
    history: History, number: int, content: tuple[int, int, str], findings: Findings
) -> bool:
    """True when a comment is what somebody sent, to this stream, under this name."""
    post = history.posts.get(nonce_of(content[2]))
    if post is None:
        findings.add("ghosts", f"nobody sent {number} {content[2]!r}")
    elif (post.stream, post.user, post.text) != content:
        sent = (post.stream, post.user, post.text)
        findings.add("ghosts", f"{number} is {content}, sent was {sent}")
    else:
        return True
    return False


def _judge_post(
    history: History,
    post: Post,
    stored: set[int],
    shown: set[int],
    truths: dict[int, Truth],
    findings: Findings,
) -> None:
    told_of = f"{post.text!r} {findings.moment(post.invoked)}"
    if post.outcome in (Outcome.REFUSED, Outcome.HELD):
        if stored or shown:
            where = "stored" if stored else "shown"
            findings.add("ghosts", f"{post.code or 'held'}, and yet {where}: {told_of}")
        return
    forgiven = history.may_be_lost(post)
    numbers = {*post.ids, *stored, *shown}
    if forgiven and stored:
        numbers = stored  # what Redis forgot was sent, and stored, again
    if len(numbers) > 1:
        findings.add("doubled", f"{sorted(numbers)} are one: {told_of}", len(numbers) - 1)
    if stored:
        _judge_left_out(post, truths[post.stream], findings)
    elif post.outcome is Outcome.OK and forgiven:
        findings.verdict.forgiven += 1
    elif post.outcome is Outcome.OK:
        findings.add("lost", f"acknowledged as {post.ids}, not in Postgres: {told_of}")
    elif shown and not forgiven:
        findings.add("diverged", f"shown as {sorted(shown)}, not in Postgres: {told_of}")


def _judge_left_out(post: Post, truth: Truth, findings: Findings) -> None:
    for number in post.ids:
        row = truth.rows.get(number)
        if row is not None and number not in truth.touched and row.left_out != post.left_out:
            said = "left out" if post.left_out else "shown"
            findings.add("miscounted", f"acknowledged as {said}: {findings.name(number)}")


def _judge_order(history: History, findings: Findings) -> None:
    """Acknowledged before another was sent, in one stream: the lower id."""
    by_stream: dict[int, list[Post]] = defaultdict(list)
    for post in history.posts.values():
        if post.outcome is Outcome.OK:
            by_stream[post.stream].append(post)
    for posts in by_stream.values():
        # At the same moment the question is asked before the answer counts.
        sent = sorted(((post.invoked, 0, min(post.ids), post) for post in posts), key=_moment)
        answered = sorted(((post.answered, 1, max(post.ids), post) for post in posts), key=_moment)
        highest = 0
        for _, is_answer, number, _ in merge(sent, answered, key=_moment):
            if is_answer:
                highest = max(highest, number)
            elif number < highest:
                words = f"{findings.name(number)} is below {highest}, acknowledged before"
                findings.add("reordered", words)


_moment = itemgetter(0, 1)


# --- what the moderator did, and reactions --------------------------------------------------------


def _judge_actions(history: History, truths: dict[int, Truth], findings: Findings) -> None:
    archived = {(one.log_id, one.kind, one.comment) for one in history.archived_actions}
    asked = {
        (action.kind, action.comment)
        for action in history.actions
        if action.outcome is not Outcome.REFUSED
    }
    for action in history.actions:
        key = (action.log_id, action.kind, action.comment)
        lost = action.outcome is Outcome.OK and key not in archived
        if lost and not any(loss.begin <= action.invoked <= loss.end for loss in history.losses):
            findings.add("lost", f"{action.kind.value}, not in Postgres: {action.comment}")
    done = {(one.kind, one.comment) for one in history.archived_actions}
    for kind, number in sorted((done | _changes(history)) - asked, key=itemgetter(1)):
        if not any(number <= truth.begin for truth in truths.values()):
            findings.add("ghosts", f"nobody asked for it to be {kind.value}: {number}")
    for truth in truths.values():
        for row in truth.rows.values():
            if row.hidden != truth.is_hidden_at(row.id, float("inf")):
                state = "hidden" if row.hidden else "visible"
                findings.add("diverged", f"{state} in Postgres: {findings.name(row.id)}")


def _changes(history: History) -> set[tuple[Kind, int]]:
    """Return everything that any viewer was told to hide or to put back."""
    messages = {
        id(one): one for view in history.views for one in view.told if isinstance(one, Told)
    }
    return {change for one in messages.values() for change in one.changes}


def _judge_presses(history: History, findings: Findings) -> None:
    missing = 0
    for (stream, kind), presses in history.presses.items():
        more = presses.counted - presses.sent
        if more > 0:
            findings.add("presses", f"{kind} in {stream}: {presses}", more)
        missing += max(0, -more)
    if history.presses_exact and missing > history.presses_refused:
        words = f"{missing} not counted, {history.presses_refused} refused"
        findings.add("presses", words, missing - history.presses_refused)
