"""Signed tickets: who a socket speaks for, in one stream. Sync, no I/O.

A ticket is minted over HTTPS from a session or an API token and shown in the first socket message,
never in a URL. It carries everything the gateway needs, so a reconnect storm costs no query
(docs/ARCHITECTURE.md, "Identity").
"""

import time
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.core.signing import BadSignature, Signer

from livecomments.errors import DomainError
from livecomments.protocol import STAFF_ROLES, ErrorCode, Role

TICKET_MAX_LENGTH = 2_048
NEW_ACCOUNT_MS = 24 * 60 * 60 * 1000  # "new here" is shown for a day


@dataclass(frozen=True, slots=True)
class Room:
    """The immutable address of a stream: where its events and keys live."""

    id: int
    partition: int
    slug: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as they act in one stream. `joined_ms`: account creation, Unix milliseconds."""

    user_id: int
    name: str
    role: Role
    standing: int
    joined_ms: int

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    def is_new(self, now_ms: int) -> bool:
        return now_ms - self.joined_ms < NEW_ACCOUNT_MS and not self.is_staff


class _Body(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    user_id: int
    name: str
    role: Role
    standing: int
    joined_ms: int
    stream_id: int
    partition: int
    slug: str
    issued_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid ticket says."""

    identity: Identity
    room: Room
    issued_ms: int
    expires_ms: int


_signer = Signer(salt="livecomments.ticket")
_decoder = msgspec.json.Decoder(_Body)


def now_ms() -> int:
    """Return the time in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def mint(
    identity: Identity, room: Room, *, now: int | None = None, issued: int | None = None
) -> tuple[str, int]:
    """Return a ticket and when it expires, in Unix milliseconds.

    `issued`: for a renewal, when the first ticket was issued. A revocation ends what was issued
    before it, so a ticket that is renewed in the moment before the gateway learns of one must not
    look younger than it.
    """
    moment = now_ms() if now is None else now
    issued = moment if issued is None else issued
    expires = moment + settings.TICKET_SECONDS * 1000
    body = _Body(
        identity.user_id,
        identity.name,
        identity.role,
        identity.standing,
        identity.joined_ms,
        room.id,
        room.partition,
        room.slug,
        issued,
        expires,
    )
    return _signer.sign(msgspec.json.encode(body).decode()), expires


def read(ticket: str, *, now: int | None = None) -> Claims:
    """Return what a ticket says. Raises `ticket_invalid` or `ticket_expired`."""
    if len(ticket) > TICKET_MAX_LENGTH:
        raise DomainError(ErrorCode.TICKET_INVALID)
    try:
        body = _decoder.decode(_signer.unsign(ticket))
    except (BadSignature, msgspec.DecodeError, UnicodeError) as error:
        raise DomainError(ErrorCode.TICKET_INVALID) from error
    if body.expires_ms <= (now_ms() if now is None else now):
        raise DomainError(ErrorCode.TICKET_EXPIRED)
    identity = Identity(body.user_id, body.name, body.role, body.standing, body.joined_ms)
    room = Room(body.stream_id, body.partition, body.slug)
    return Claims(identity, room, body.issued_ms, body.expires_ms)
