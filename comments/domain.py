"""Say something in a room: the one write path of comments. Async, free of the ORM.

Socket and REST both end here: clean the text, resolve what it replies to, ask the layers on spam,
then through admission into the event log. The answer is the author's acknowledgement; a nonce that
was answered before gets that answer again, whatever the layers say now.
"""

import asyncio
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from livecomments import events
from livecomments.errors import DomainError
from livecomments.protocol import (
    NONCE_MAX_LENGTH,
    Comment,
    CommentAccepted,
    CommentHeld,
    ErrorCode,
    LinksMode,
    Quote,
)
from livecomments.tickets import Identity, Room, now_ms

from .admission import Admitted, Post, admission
from .history import find_comment, name_behind
from .screening import screening
from .spam import text as texts
from .spam.verdict import RULES, Action, Reason, Verdict

REVIEW_RULE = "In this room a moderator looks at every comment before it is shown."


class _More(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an answer needs beside the place in the log; kept with the nonce."""

    reason: str = ""  # why it is held
    text: str = ""  # as it was stored, where words were masked


_more = msgspec.json.Decoder(_More)
_NOTHING_MORE = _More()
_REASONS = frozenset(reason.value for reason in Reason)


@dataclass(slots=True, eq=False)
class Offer:
    """A comment on its way in; `admitted` ends when it is stored or refused, and then `said` is
    what was stored. `sent`: the text before words were masked. `refusal`: what the layers on spam
    say to it, unless it was answered before.
    """

    said: events.CommentSaid
    sent: str
    nonce: str
    admitted: "asyncio.Future[Admitted]"
    refusal: DomainError | None = None

    def answer(self) -> CommentAccepted | CommentHeld:
        """Return the acknowledgement, once `admitted` is done. Raises `DomainError`."""
        try:
            admitted = self.admitted.result()
        except DomainError as error:
            if self.refusal is not None and error.code is ErrorCode.RATE_LIMITED:
                raise self.refusal from None
            raise
        return acknowledge(admitted, self.nonce, self.said, self.sent)


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
        try:
            target = await find_comment(room, reply_to, by=author)
        except DomainError as error:
            if error.code is not ErrorCode.RATE_LIMITED:
                raise
            return await _answer_again(room, author, address, nonce, text, reply_to, error)
        if target is None:
            unknown = DomainError(ErrorCode.UNKNOWN_COMMENT)
            return await _answer_again(room, author, address, nonce, text, reply_to, unknown)
    offer = offer_comment(
        room, author=author, address=address, nonce=nonce, text=text, target=target
    )
    await asyncio.wait([offer.admitted])
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
    admission().check_load(room.partition)
    cleaned = texts.clean(text)
    said = compose(author=author, text=cleaned, target=target)
    if author.is_staff:
        post = prepare(room, author=author, address=address, nonce=nonce, said=said)
        return Offer(said, said.text, nonce, admission().submit(post))
    if screening().is_ready(room):
        return _screened(room, author, address, nonce, said)
    offer = Offer(said, cleaned, nonce, asyncio.get_running_loop().create_future())
    task = asyncio.create_task(_screened_later(offer, room, author, address))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)
    return offer


_waiting: set["asyncio.Task[None]"] = set()


def _screened(
    room: Room, author: Identity, address: str, nonce: str, said: events.CommentSaid
) -> Offer:
    """The comment as the layers on spam let it in: as it is, masked, marked, held or not at all."""
    text = said.text
    verdict = screening().screen(room, author, text)
    if not verdict.hits:
        post = prepare(room, author=author, address=address, nonce=nonce, said=said)
        return Offer(said, said.text, nonce, admission().submit(post))
    hold, refused = verdict.action == Action.HOLD, verdict.action == Action.BLOCK
    if verdict.action != Action.ALLOW or verdict.text != text:
        said = msgspec.structs.replace(
            said, text=verdict.text, reason=verdict.reason or "", detail=verdict.detail
        )
    post = replace(
        prepare(room, author=author, address=address, nonce=nonce, said=said, text=text),
        hold=hold,
        more=_kept_with_nonce(verdict, text) if not refused else "",
        only_again=refused,
    )
    refusal = _refusal(room, verdict) if refused else None
    offer = Offer(said, text, nonce, admission().submit(post), refusal)
    offer.admitted.add_done_callback(partial(_count, room, verdict))
    return offer


async def _screened_later(offer: Offer, room: Room, author: Identity, address: str) -> None:
    """Judges a comment of a room whose rules were not at hand, once they are."""
    try:
        await screening().ready(room)
        found = _screened(room, author, address, offer.nonce, offer.said)
        offer.said, offer.refusal = found.said, found.refusal
        offer.admitted.set_result(await found.admitted)
    except asyncio.CancelledError:
        offer.admitted.cancel()
        raise
    except Exception as error:  # noqa: BLE001 -- whoever offered it is told, whatever it is
        offer.admitted.set_exception(error)


def _kept_with_nonce(verdict: Verdict, text: str) -> str:
    held = verdict.reason if verdict.action == Action.HOLD else None
    more = _More(reason=held or "", text=verdict.text if verdict.text != text else "")
    return "" if more == _NOTHING_MORE else msgspec.json.encode(more).decode()


def _refusal(room: Room, verdict: Verdict) -> DomainError:
    if verdict.reason is not Reason.LINKS:
        return DomainError(ErrorCode.RULE_BROKEN, verdict.rule)
    listed = screening().links_mode(room) is LinksMode.LISTED
    # There it is not only people who are new here.
    return DomainError(ErrorCode.LINKS_NOT_ALLOWED, "" if listed else verdict.rule)


def _count(room: Room, verdict: Verdict, admitted: "asyncio.Future[Admitted]") -> None:
    """Counts what was found, once: not for an answer that is given again, nor for a post that
    something else refused."""
    if admitted.cancelled():
        return
    error = admitted.exception()
    refused = verdict.action == Action.BLOCK
    if error is None:
        counts = not admitted.result().seen and not refused
    else:
        counts = refused and isinstance(error, DomainError) and error.code is ErrorCode.RATE_LIMITED
    if counts:
        screening().count(room, verdict)


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
    room: Room,
    *,
    author: Identity,
    address: str,
    nonce: str,
    said: events.CommentSaid,
    text: str | None = None,
) -> Post:
    """Return the post that admission takes. `text`: as it was sent, where words were masked."""
    text = said.text if text is None else text
    return Post(
        room=room,
        author=author,
        address=address,
        nonce=nonce,
        body=events.encode(said),
        body_digest=texts.fingerprint(said.reply_to or "", text),
        text_digest=texts.digest(text),
    )


def acknowledge(
    admitted: Admitted, nonce: str, said: events.CommentSaid, sent: str
) -> CommentAccepted | CommentHeld:
    """Return the answer for the author. `sent`: the text before words were masked."""
    more = _more.decode(admitted.more) if admitted.more else _NOTHING_MORE
    if admitted.held:
        reason = more.reason or events.REVIEW
        rule = RULES[Reason(reason)] if reason in _REASONS else REVIEW_RULE
        return CommentHeld(nonce=nonce, hold=str(admitted.id), reason=reason, rule=rule)
    if admitted.seen:
        # The lists may be others than they were when it was stored.
        said = msgspec.structs.replace(said, text=more.text or sent)
    comment = events.comment_of(admitted.id, said)
    return CommentAccepted(nonce=nonce, comment=comment, left_out=admitted.left_out)


async def _answer_again(
    room: Room,
    author: Identity,
    address: str,
    nonce: str,
    text: str,
    reply_to: str,
    refusal: DomainError,
) -> CommentAccepted | CommentHeld:
    """Return the answer of a post that was taken before the comment it replies to was hidden.

    Raises `refusal` for any other post that replies to what is not found.
    """
    check_nonce(nonce)
    said = msgspec.structs.replace(
        compose(author=author, text=texts.clean(text), target=None), reply_to=reply_to
    )
    post = prepare(room, author=author, address=address, nonce=nonce, said=said)
    try:
        admitted = await admission().submit(replace(post, only_again=True))
    except DomainError as error:
        if error.code is ErrorCode.RATE_LIMITED:
            raise refusal from None
        raise
    quote = Quote(id=reply_to, name=await name_behind(room, reply_to), text="")
    return acknowledge(admitted, nonce, msgspec.structs.replace(said, quote=quote), said.text)
