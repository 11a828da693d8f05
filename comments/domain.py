"""Say something in a room: the one write path of comments. Async, free of the ORM.

Socket and REST both end here: clean the text, resolve what it replies to, then through admission
into the event log. The answer is the author's acknowledgement.
"""

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
from .history import find_comment
from .spam import text as texts


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
    check_nonce(nonce)
    cleaned = texts.clean(text)
    target = await _reply_target(room, reply_to)
    said = compose(author=author, text=cleaned, target=target)
    post = prepare(room, author=author, address=address, nonce=nonce, said=said)
    return acknowledge(await admission().submit(post), nonce, said)


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
    return CommentAccepted(nonce=nonce, comment=events.comment_of(admitted.id, said))


async def _reply_target(room: Room, reply_to: str | None) -> Comment | None:
    if reply_to is None:
        return None
    target = await find_comment(room, reply_to)
    if target is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    return target
