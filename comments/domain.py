"""Say something in a room: the one write path of comments. Async, free of the ORM.

Socket and REST both end here: clean the text, resolve what it replies to, then through admission
into the event log. The answer is the author's acknowledgement.
"""

import asyncio
from dataclasses import dataclass, replace

import msgspec

from livecomments import events
from livecomments.errors import DomainError
from livecomments.protocol import (
    NONCE_MAX_LENGTH,
    Comment,
    CommentAccepted,
    CommentHeld,
    ErrorCode,
    Quote,
)
from livecomments.tickets import Identity, Room, now_ms

from .admission import Admitted, Post, admission
from .history import find_comment, name_behind
from .spam import links
from .spam import text as texts


@dataclass(frozen=True, slots=True)
class Offer:
    """A comment on its way in; `admitted` ends when it is stored or refused."""

    said: events.CommentSaid
    nonce: str
    admitted: "asyncio.Future[Admitted]"

    def answer(self) -> CommentAccepted | CommentHeld:
        """Return the acknowledgement, once `admitted` is done. Raises `DomainError`."""
        return acknowledge(self.admitted.result(), self.nonce, self.said)


async def post_comment(
    room: Room,
    *,
    author: Identity,
    address: str,
    nonce: str,
    text: str,
    reply_to: str | None = None,
) -> CommentAccepted | CommentHeld:
    """Return the acknowledgement. The same nonce always gets the same one. Raises `DomainError`."""
    target = None
    if reply_to is not None:
        target = await find_comment(room, reply_to)
        if target is None:
            return await _answer_again(room, author, address, nonce, text, reply_to)
    offer = offer_comment(
        room, author=author, address=address, nonce=nonce, text=text, target=target
    )
    await offer.admitted
    return offer.answer()


def offer_comment(
    room: Room,
    *,
    author: Identity,
    address: str,
    nonce: str,
    text: str,
    target: Comment | None = None,
) -> Offer:
    """Return a comment on its way in, without waiting for it. Raises `DomainError`.

    `target`: the comment that it replies to.
    """
    check_nonce(nonce)
    gate = admission()
    gate.check_load(room.partition)
    cleaned = texts.clean(text)
    if links.has_link(cleaned) and author.is_new(now_ms()):
        raise DomainError(ErrorCode.LINKS_NOT_ALLOWED)
    said = compose(author=author, text=cleaned, target=target)
    post = prepare(room, author=author, address=address, nonce=nonce, said=said)
    return Offer(said, nonce, gate.submit(post))


def check_nonce(nonce: str) -> None:
    """Raise `bad_message` unless the nonce can be part of a key."""
    if not 0 < len(nonce) <= NONCE_MAX_LENGTH or not nonce.isascii() or not nonce.isprintable():
        raise DomainError(
            ErrorCode.BAD_MESSAGE,
            f"A nonce is 1 to {NONCE_MAX_LENGTH} printable ASCII characters.",
        )


def compose(*, author: Identity, text: str, target: Comment | None) -> events.CommentSaid:
    """Return what is said, with the author as they are now and the quote it answers."""
    quote = None
    if target is not None:
        quote = Quote(id=target.id, name=target.user.name, text=texts.excerpt(target.text))
    return events.CommentSaid(
        author=author.user_id,
        name=author.name,
        text=text,
        role=author.role,
        new=author.is_new(now_ms()),
        reply_to=target.id if target else None,
        reply_user=int(target.user.id) if target else None,
        quote=quote,
    )


def prepare(
    room: Room, *, author: Identity, address: str, nonce: str, said: events.CommentSaid
) -> Post:
    """Return the post that admission takes."""
    return Post(
        room=room,
        author=author,
        address=address,
        nonce=nonce,
        body=events.encode(said),
        body_digest=texts.fingerprint(said.reply_to or "", said.text),
        text_digest=texts.digest(said.text),
    )


def acknowledge(
    admitted: Admitted, nonce: str, said: events.CommentSaid
) -> CommentAccepted | CommentHeld:
    """Return the answer for the author."""
    if admitted.held:
        return CommentHeld(nonce=nonce, hold=str(admitted.id), reason=events.REVIEW)
    comment = events.comment_of(admitted.id, said)
    return CommentAccepted(nonce=nonce, comment=comment, left_out=admitted.left_out)


async def _answer_again(
    room: Room, author: Identity, address: str, nonce: str, text: str, reply_to: str
) -> CommentAccepted | CommentHeld:
    """Return the answer of a post that was taken before the comment it replies to was hidden.

    Raises `unknown_comment` for any other post that replies to what is not there.
    """
    check_nonce(nonce)
    said = msgspec.structs.replace(
        compose(author=author, text=texts.clean(text), target=None),
        reply_to=reply_to,
        quote=Quote(id=reply_to, name=await name_behind(room, reply_to), text=""),
    )
    post = prepare(room, author=author, address=address, nonce=nonce, said=said)
    try:
        admitted = await admission().submit(replace(post, only_again=True))
    except DomainError as error:
        if error.code is ErrorCode.RATE_LIMITED:
            raise DomainError(ErrorCode.UNKNOWN_COMMENT) from None
        raise
    return acknowledge(admitted, nonce, said)
