"""The socket consumer: decode, look up the command, call the domain, reply. Async.

It never reads cookies and never waits inside a handler: a post is a task whose answer is sent from
its callback, because Channels runs one handler of a socket at a time. No channel layer of its own:
the hub holds one subscription for everybody (docs/ARCHITECTURE.md, "Gateway").
"""

import asyncio
import logging
import re
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings

from livecomments import protocol
from livecomments.errors import DomainError
from livecomments.protocol import CloseCode, ErrorCode
from streams.directory import find_room

from .commands import Commands
from .connection import BUFFER_LIMIT_BYTES, connect
from .crowding import address_holder, crowding, person_holder
from .hub import hub
from .incoming import address_of, read_message, ref_of
from .lifecycle import lifecycle
from .member import Member

logger = logging.getLogger(__name__)

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,100}")

# A page never sends a malformed message; a few may come from a program under development.
MALFORMED_ALLOWED = 20
# Whoever sends on and on without reading the answers would fill our memory with them.
UNREAD_ALLOWED = 100
YIELD_AFTER = 32  # messages of one socket; then the others have their turn
CLOSE_SECONDS = 5.0


class StreamConsumer(Commands, AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """One viewer's socket."""

    channel_layer_alias = None  # else every socket would subscribe

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one socket: Channels would keep a second task for it, and make one per message."""
        self.scope = scope
        self.base_send = send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one ASGI message without the database hop that Channels makes for each."""
        match message["type"]:
            case "websocket.receive":
                self._receive(message.get("text"))
                self._received += 1
                if self._received % YIELD_AFTER == 0:
                    await asyncio.sleep(0)
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                self._disconnect()
                raise StopConsumer

    # --- opening and closing ---------------------------------------------------------------------

    async def _connect(self) -> None:
        self.holders: tuple[str, ...] = ()  # under whom this socket is counted (crowding.py)
        self._received = 0
        self._unread = 0
        self._malformed = 0
        self._closing = False
        self._joining = False
        self.member = Member(
            connection=connect(self.scope, self.base_send, self._receive),
            address=address_of(self.scope),
            revoke=self._revoked,
        )
        await self.base_send({"type": "websocket.accept"})
        lifecycle().sockets.add(self)
        if lifecycle().draining:
            self.close(CloseCode.GOING_AWAY)
            return
        if not self._count_in(address_holder(self.member.address)):
            self.close(CloseCode.TOO_MANY_SOCKETS)
            return
        hub().enter(self.member)
        self._hello_timer = asyncio.get_running_loop().call_later(
            protocol.HELLO_TIMEOUT_SECONDS, self.close, CloseCode.HELLO_TIMEOUT
        )

    def _count_in(self, holder: str) -> bool:
        """Count this socket under an address or a person; False when they have too many."""
        if not settings.NO_LIMITS:
            crowding().start(hub().process)
            if crowding().is_full(holder):
                return False
        crowding().enter(holder)
        self.holders += (holder,)
        return True

    def _count_out(self, holder: str) -> None:
        if holder in self.holders:
            self.holders = tuple(held for held in self.holders if held != holder)
            crowding().leave(holder)

    def _disconnect(self) -> None:
        self._closing = True
        for holder in self.holders:
            self._count_out(holder)
        lifecycle().sockets.discard(self)
        timer = getattr(self, "_hello_timer", None)
        if timer is not None:
            timer.cancel()
        hub().leave(self.member)
        self.member.revoke = _nothing  # else member and consumer would hold each other
        # Posts on their way are not cancelled: they are stored, and the page asks again by nonce.

    def close(self, code: CloseCode) -> None:
        """Close from our side; what was written before is still sent."""
        if not self._closing:
            self._closing = True
            self._spawn(self._send_close(code))

    async def _send_close(self, code: CloseCode) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.base_send({"type": "websocket.close", "code": int(code)})
        except TimeoutError:
            self.member.connection.abort()  # a reader that does not read is not told either
        except Exception as error:  # noqa: BLE001 -- each server has its own error for a gone peer
            logger.debug("close of a socket that has gone: %r", error)

    def _revoked(self) -> None:
        self._refuse(DomainError(ErrorCode.TICKET_REVOKED))
        self.close(CloseCode.GOING_AWAY)

    # --- messages --------------------------------------------------------------------------------

    def _receive(self, raw: str | bytes | None) -> None:
        """Take one text message; None stands for a binary one."""
        if self._closing or self._reads_nothing():
            return
        if raw is None:
            self._refuse_malformed(DomainError(ErrorCode.BAD_MESSAGE, "Messages are text frames."))
            return
        try:
            command = read_message(raw)
        except DomainError as error:
            self._refuse_malformed(error)
            return
        self._handle(command)

    def _reads_nothing(self) -> bool:
        """True when this socket, which sends on without reading the answers, was cut."""
        connection = self.member.connection
        if connection.buffered() <= BUFFER_LIMIT_BYTES:
            self._unread = 0
            return False
        self._unread += 1
        if self._unread > UNREAD_ALLOWED:
            self._closing = True
            connection.abort()
            return True
        return False

    def _handle(self, command: protocol.Message) -> None:
        if isinstance(command, protocol.Hello):
            self._hello(command)
        elif self.member.room is None and not isinstance(command, protocol.Ping):
            self._refuse(DomainError(ErrorCode.HELLO_EXPECTED), ref_of(command))
        else:
            self.carry_out(command)

    def _refuse_malformed(self, error: DomainError) -> None:
        self._malformed += 1
        if self._malformed > MALFORMED_ALLOWED:
            self.close(CloseCode.ABUSE)
        else:
            self._refuse(error)

    # --- hello -----------------------------------------------------------------------------------

    def _hello(self, command: protocol.Hello) -> None:
        if self._joining or self.member.room is not None:
            self._refuse(DomainError(ErrorCode.ALREADY_JOINED), "hello")
        elif command.version != protocol.PROTOCOL_VERSION:
            self._refuse(DomainError(ErrorCode.UNSUPPORTED_VERSION), "hello")
            self.close(CloseCode.UNSUPPORTED_VERSION)
        else:
            self._joining = True
            self._spawn(self._join(command))

    async def _join(self, command: protocol.Hello) -> None:
        member = self.member
        try:
            room = await find_room(command.stream) if _SLUG.fullmatch(command.stream) else None
            if room is None:
                self._refuse(DomainError(ErrorCode.UNKNOWN_STREAM), "hello")
                self.close(CloseCode.UNKNOWN_STREAM)
                return
            opened = await hub().open(room)
            if command.ticket is not None:
                member.claims = self._claims(command.ticket, room)
                if not self._count_in(person_holder(member.claims.identity.user_id)):
                    self.close(CloseCode.TOO_MANY_SOCKETS)
                    return
            member.frames = command.frames
            await opened.join(member, command.resume)
            self._hello_timer.cancel()
        except DomainError as error:
            self._refuse(error, "hello")
            self._forget_claims()
        except Exception:
            logger.exception("hello failed")
            self._refuse(DomainError(ErrorCode.INTERNAL), "hello")
            self._forget_claims()
        finally:
            self._joining = False
            self._leave_if_gone()

    def _forget_claims(self) -> None:
        claims, self.member.claims = self.member.claims, None
        if claims is not None:
            self._count_out(person_holder(claims.identity.user_id))

    def _leave_if_gone(self) -> None:
        """Free the seat of a socket that went while its hello was being answered."""
        if not self._closing:
            return
        if self.member.room is not None:
            self.member.room.leave(self.member)
        if self not in lifecycle().sockets:
            self._forget_claims()  # it was counted out before it was counted in


def _nothing() -> None:
    """A call to a socket that has gone."""
