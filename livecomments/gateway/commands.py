"""What one may say over a socket once it has joined: post, act, react, renew, ping. Async.

Nothing here is awaited by the socket itself: the answers are sent from callbacks.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from comments.actions import act
from comments.domain import check_nonce, offer_comment, post_comment
from comments.taken import Taken
from livecomments import protocol, tickets
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from reactions.domain import offer_reaction

from .hub import hub
from .lifecycle import lifecycle
from .member import Member

logger = logging.getLogger(__name__)

REACTIONS_IN_FLIGHT = 50
ACTIONS_IN_FLIGHT = 10


class Commands:
    """The part of a consumer that carries them out."""

    member: Member

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.unanswered = 0  # posts that were taken
        self._reacting = 0
        self._acting = 0

    def carry_out(self, command: protocol.Message) -> None:
        """Do what a message asks for."""
        self._commands[type(command)](self, command)

    def _refuse(self, error: DomainError, ref: str | None = None) -> None:
        self.member.tell(
            protocol.Error(
                code=error.code,
                message=error.message,
                ref=ref,
                retry_after_ms=error.retry_after_ms,
            )
        )

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _claims(self, ticket: str, room: tickets.Room) -> tickets.Claims:
        claims = tickets.read(ticket)
        if claims.room.id != room.id:
            raise DomainError(ErrorCode.TICKET_INVALID, "The ticket is for another stream.")
        if hub().is_revoked(claims.identity.user_id, claims.issued_ms):
            raise DomainError(ErrorCode.TICKET_REVOKED)
        return claims

    def _identity(self) -> tickets.Identity:
        claims = self.member.claims
        if claims is None:
            raise DomainError(ErrorCode.SIGN_IN_REQUIRED)
        if claims.expires_ms <= tickets.now_ms():
            raise DomainError(ErrorCode.TICKET_EXPIRED)
        if lifecycle().draining:
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)
        return claims.identity

    def _post(self, command: protocol.CommentPost) -> None:
        try:
            author = self._identity()
            if self.unanswered >= protocol.UNACKED_POSTS_PER_SOCKET:
                raise DomainError(ErrorCode.TOO_MANY_PENDING, retry_after_ms=1000)
        except DomainError as error:
            self._refuse(error, command.nonce)
            return
        self.unanswered += 1
        if command.reply_to is not None:
            self._reply(command, author)
            return
        assert self.member.room is not None
        try:
            offer = offer_comment(
                self.member.room.address,
                author=author,
                address=self.member.address,
                nonce=command.nonce,
                text=command.text,
            )
        except DomainError as error:
            self.unanswered -= 1
            self._refuse(error, command.nonce)
        else:
            # Nearly all posts come this way, so there is no task for each.
            offer.admitted.add_done_callback(lambda _: self._answer(command.nonce, offer.answer))

    def _reply(self, command: protocol.CommentPost, author: tickets.Identity) -> None:
        """What it answers must be looked up first."""
        assert self.member.room is not None
        task = self._spawn(
            post_comment(
                self.member.room.address,
                author=author,
                address=self.member.address,
                nonce=command.nonce,
                text=command.text,
                reply_to=command.reply_to,
            )
        )
        task.add_done_callback(lambda _: self._answer(command.nonce, task.result))

    def _answer(
        self, nonce: str, answer: Callable[[], protocol.CommentAccepted | protocol.CommentHeld]
    ) -> None:
        self.unanswered -= 1
        try:
            self.member.tell(answer())
        except DomainError as error:
            self._refuse(error, nonce)
        except asyncio.CancelledError:
            pass  # this process ends; the page asks again by nonce
        except Exception:
            logger.exception("a post failed")
            self._refuse(DomainError(ErrorCode.INTERNAL), nonce)

    def _act(self, command: protocol.Act) -> None:
        assert self.member.room is not None
        try:
            actor = self._identity()
            check_nonce(command.ref)
            if self._acting >= ACTIONS_IN_FLIGHT:
                raise DomainError(ErrorCode.RATE_LIMITED, retry_after_ms=1000)
        except DomainError as error:
            self._refuse(error, command.ref)
            return
        self._acting += 1
        where = f"page {self.member.address}"
        room, action = self.member.room.address, command.action
        task = self._spawn(act(room, actor=actor, action=action, where=where, ref=command.ref))
        task.add_done_callback(lambda _: self._answer_action(command.ref, task.result))

    def _answer_action(self, ref: str, result: Callable[[], Taken]) -> None:
        self._acting -= 1
        try:
            taken = result()
            self.member.tell(protocol.Done(ref=ref, id=str(taken.id), undo=taken.undo))
        except DomainError as error:
            self._refuse(error, ref)
        except asyncio.CancelledError:
            pass  # this process ends
        except Exception:
            logger.exception("an action failed")
            self._refuse(DomainError(ErrorCode.INTERNAL), ref)

    def _react(self, command: protocol.ReactionSend) -> None:
        if self._reacting >= REACTIONS_IN_FLIGHT:
            error = DomainError(ErrorCode.RATE_LIMITED, retry_after_ms=1000)
            self._refuse(error, "reaction.send")
            return
        assert self.member.room is not None
        try:
            counted = offer_reaction(
                self.member.room.address,
                user=self._identity(),
                kind=command.kind,
                count=command.count,
            )
        except DomainError as error:
            self._refuse(error, "reaction.send")
        else:
            self._reacting += 1
            counted.add_done_callback(self._answer_reaction)

    def _answer_reaction(self, counted: "asyncio.Future[None]") -> None:
        """Only refusals are answered."""
        self._reacting -= 1
        error = None if counted.cancelled() else counted.exception()
        if isinstance(error, DomainError):
            self._refuse(error, "reaction.send")
        elif error is not None:
            logger.error("a reaction failed", exc_info=error)
            self._refuse(DomainError(ErrorCode.INTERNAL), "reaction.send")

    def _renew(self, command: protocol.TicketRenew) -> None:
        assert self.member.room is not None
        try:
            claims = self._claims(command.ticket, self.member.room.address)
            held = self.member.claims
            if held is not None and held.identity.user_id != claims.identity.user_id:
                raise DomainError(ErrorCode.TICKET_INVALID, "The ticket is for another person.")
            if held is None:
                raise DomainError(ErrorCode.SIGN_IN_REQUIRED, "Say hello with a ticket first.")
        except DomainError as error:
            self._refuse(error, "ticket.renew")
            return
        ticket, expires = tickets.mint(claims.identity, claims.room, issued=claims.issued_ms)
        self.member.claims = tickets.read(ticket)
        self.member.tell(protocol.Ticket(ticket=ticket, expires_at=expires))

    def _ping(self, command: protocol.Ping) -> None:
        self.member.tell(protocol.Pong(server_time=tickets.now_ms()))

    _commands: ClassVar[dict[type, Callable[["Commands", Any], None]]] = {
        protocol.CommentPost: _post,
        protocol.Act: _act,
        protocol.ReactionSend: _react,
        protocol.TicketRenew: _renew,
        protocol.Ping: _ping,
    }
