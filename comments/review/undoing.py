"""What a person decided lately and how to take it back, kept in their session. Sync.

An undo is an action like any other: whoever shows one here could as well do it elsewhere, and its
rights are checked again.
"""

import secrets
from collections.abc import Sequence

import msgspec
from asgiref.sync import async_to_sync
from django.http import HttpRequest

from livecomments.protocol import Action
from livecomments.tickets import Identity, Room

from . import claims, decisions
from .queue import Item

KEPT = 5
_KEY = "review_undo"


class Step(msgspec.Struct, frozen=True):
    """One decision that can be taken back."""

    id: str
    stream_id: int
    kind: str
    number: int
    what: str
    actions: list[Action]


def steps(request: HttpRequest) -> list[Step]:
    """Return what can be taken back, the newest first."""
    try:
        return msgspec.convert(request.session.get(_KEY, []), list[Step])
    except msgspec.ValidationError:  # an older release kept them otherwise
        return []


def find(request: HttpRequest, step_id: str) -> Step | None:
    """Return one of them."""
    return next((step for step in steps(request) if step.id == step_id), None)


def remember(request: HttpRequest, item: Item, *, what: str, actions: Sequence[Action]) -> None:
    """Keeps how to take a decision back; the oldest are forgotten."""
    if not actions or item.stream is None:
        return
    step = Step(
        id=secrets.token_hex(8),
        stream_id=item.stream.pk,
        kind=item.kind.value,
        number=item.number,
        what=what,
        actions=list(actions),
    )
    _keep(request, [step, *steps(request)][:KEPT])


def forget(request: HttpRequest, step: Step) -> None:
    """Drops one: it was taken back."""
    _keep(request, [other for other in steps(request) if other.id != step.id])


def take_back(room: Room, *, actor: Identity, step: Step) -> None:
    """Undoes a decision; its item may come back to the queue. Raises as `act`."""
    async_to_sync(decisions.take_back)(room, actor=actor, actions=step.actions)
    async_to_sync(claims.unmark)(step.kind, step.number)


def _keep(request: HttpRequest, kept: Sequence[Step]) -> None:
    request.session[_KEY] = msgspec.to_builtins(list(kept))
