"""What an event becomes for each audience. Sync, pure.

Viewers share one frame log, staff have a second one, and what concerns one person rides in the
side list of a public frame. In a room with a moderator delay what is said goes to staff first and
waits; `release` shows it to viewers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from comments.spam.text import excerpt
from livecomments import events, ids, personal, protocol
from livecomments.protocol import Item, PersonalItem, Room
from streams import delay, roomstate
from streams.delay import Waiting

from .deeds import acted
from .unseen import Note, Unseen


@dataclass(slots=True)
class Flush:
    """What one flush of one stream carries, and the room after it."""

    room: Room
    public: list[Item] = field(default_factory=list)
    staff: list[Item] = field(default_factory=list)
    side: dict[str, list[PersonalItem]] = field(default_factory=dict)
    # operator, position, comment: see lua/publish.lua
    recent: list[tuple[str, str, protocol.Comment | None]] = field(default_factory=list)
    room_changed: bool = False
    # comment id → what a quote of it shows from now on: nothing once it is hidden
    quotes: dict[str, str] = field(default_factory=dict)
    # what is hidden, by earlier flushes too: a reply may come late with a quote; and its changes
    unseen: Unseen = field(default_factory=Unseen)
    noted: list[Note] = field(default_factory=list)
    left_out: int = 0  # comments that viewers are not shown: the room is busier than its pace
    # who was cleared, and up to which id; what came back since, and whose it is
    cleared: dict[str, int] = field(default_factory=dict)
    cleared_names: dict[str, int] = field(default_factory=dict)
    restored: dict[str, str] = field(default_factory=dict)
    # what only staff were shown, by comment id, oldest first; and the changes of how it is kept
    waiting: dict[str, Waiting] = field(default_factory=dict)
    delayed: list[tuple[str, str, bytes]] = field(default_factory=list)

    def tell(self, user_id: int | str, item: PersonalItem) -> None:
        """Add something for one person."""
        self.side.setdefault(str(user_id), []).append(item)

    def add(self, entry: events.Entry) -> None:
        """Add one event; call in log order."""
        self._add_items(entry)
        concerned = personal.told(entry.body, entry.at_ms)
        if concerned is not None:
            self.tell(*concerned)
        deed = acted(entry)
        if deed is not None:
            self.staff.append(deed)
        after = roomstate.after(self.room, entry)
        if after is not self.room:
            if after.pinned is not None:
                after = replace(after, pinned=self.unseen.without(after.pinned))
            self.room = after
            self.room_changed = True
            self.public.append(protocol.RoomChanged(room=after))

    def release(self, comment_ids: Iterable[str]) -> None:
        """Show viewers what has waited long enough, in the order in which it was said.

        Call it last: what was hidden meanwhile is shown to nobody.
        """
        for comment_id in comment_ids:
            waiting = self._end_wait(comment_id)
            if waiting is not None:
                self._show(waiting)

    def sweep(self, recent: Iterable[protocol.Comment]) -> None:
        """Bring the recent list up to date with what was hidden, restored and cleared."""
        gone = {position for operator, position, _ in self.recent if operator == "remove"}
        said = [comment for _, _, comment in self.recent if comment is not None]
        for comment in [*recent, *said]:
            position = ids.position(int(comment.id))
            if position in gone:
                continue
            if self._is_cleared(comment):
                self.recent.append(("remove", position, None))
                continue
            quoted = self._quoted(comment)
            if quoted is not comment:
                self.recent.append(("put", position, quoted))

    def _is_cleared(self, comment: protocol.Comment) -> bool:
        through = self.cleared.get(comment.user.id, 0)
        return int(comment.id) < through and comment.id not in self.restored

    def _quoted(self, comment: protocol.Comment) -> protocol.Comment:
        """The comment with what its quote shows from now on; the same object if it stays."""
        quote = comment.reply
        if quote is None:
            return comment
        text = self.quotes.get(quote.id)
        if text is None and int(quote.id) < self.cleared_names.get(quote.name, 0):
            text = ""  # older than what is at hand: it is known by the name alone
        if text is None or text == quote.text:
            return comment
        return replace(comment, reply=replace(quote, text=text))

    def _add_items(self, entry: events.Entry) -> None:
        match entry.body:
            case events.CommentSaid() as said:
                self._add_said(entry, said)
            case events.CommentHidden(comment=comment):
                self._hide(comment)
            case events.CommentWithdrawn(comment=comment):
                self._hide(comment, withdrawn=True)
            case events.CommentRestored(comment=restored):
                self._restore(restored)
            case events.CommentReported() as reported:
                self.staff.append(
                    protocol.CommentReported(
                        comment=reported.comment, reason=reported.reason, reports=reported.reports
                    )
                )
            case events.HoldClosed() as closed:
                self.staff.append(protocol.HoldClosed(hold=closed.hold, outcome=closed.outcome))
            case _:
                self._add_about_person(entry)

    def _add_about_person(self, entry: events.Entry) -> None:
        match entry.body:
            case events.UserSanctioned() as sanction:
                self._add_sanction(entry, sanction)
            case events.SanctionLifted(user=user):
                self.staff.append(protocol.SanctionLifted(user=str(user)))
            case events.UserCleared() as cleared:
                self._clear(entry, cleared)
            case events.UserRestored(user=user, clear=clear, shown=shown):
                self._note(Note("back", str(user), through=int(clear)))
                for comment in shown:
                    self._restore(comment)
            case events.StaffChanged() as changed:
                self.staff.append(protocol.StaffChanged(user=str(changed.user), role=changed.role))
            case _:
                pass  # the rest shows in the room itself, or is told to one person

    # --- what is said ----------------------------------------------------------------------------

    def _add_said(self, entry: events.Entry, said: events.CommentSaid) -> None:
        if entry.kind == events.COMMENT_HELD:
            self.staff.append(protocol.HoldOpened(held=events.held_of(entry.id, said)))
            return
        comment = events.comment_of(entry.id, said)
        comment = self.unseen.without(comment, quoted_user=said.reply_user)
        if said.hold is not None:
            self.staff.append(protocol.HoldClosed(hold=said.hold, outcome="approved"))
        elif said.reason:
            self.staff.append(
                protocol.CommentFlagged(id=comment.id, reason=said.reason, detail=said.detail)
            )
        waiting = Waiting(
            comment=comment,
            until=self._until(entry) if self._delays else 0,
            hold=said.hold,
            answers=said.reply_user if said.reply_user != said.author else None,
            left_out=entry.left_out,
        )
        if self._delays:
            self.waiting[comment.id] = waiting
            self.delayed.append(("delay", ids.position(entry.id), delay.kept(waiting)))
            if not waiting.left_out:
                self.staff.append(waiting.item)
        else:
            self._show(waiting)

    @property
    def _delays(self) -> bool:
        return bool(self.room.delay or self.waiting)

    def _until(self, entry: events.Entry) -> int:
        """When viewers are shown it: none overtakes another, whatever the delay was before."""
        until = entry.at_ms + self.room.delay * 1000
        last = next(reversed(self.waiting.values()), None)
        return max(until, last.until) if last is not None else until

    def _end_wait(self, comment_id: str) -> Waiting | None:
        waiting = self.waiting.pop(comment_id, None)
        if waiting is not None:
            self.delayed.append(("undelay", ids.position(int(comment_id)), b"-"))
        return waiting

    def _show(self, waiting: Waiting) -> None:
        comment = self.unseen.without(waiting.comment)
        if waiting.left_out:
            # Only the one it replies to is shown it.
            self.left_out += 1
            if waiting.answers is not None:
                self.tell(waiting.answers, protocol.YouReplied(comment=comment))
            return
        self.public.append(protocol.CommentPosted(comment=comment))
        self.recent.append(("add", ids.position(int(comment.id)), comment))
        if waiting.hold is not None:
            self.tell(comment.user.id, protocol.YouHeldApproved(hold=waiting.hold, comment=comment))

    def _hide(self, comment: str, *, withdrawn: bool = False) -> None:
        self._end_wait(comment)
        self.public.append(protocol.CommentHidden(id=comment, withdrawn=withdrawn))
        self.quotes[comment] = ""
        self._note(Note("hidden", comment))
        self.recent.append(("remove", ids.position(int(comment)), None))

    def _restore(self, comment: protocol.Comment) -> None:
        waiting = self.waiting.get(comment.id)
        if waiting is not None:  # nothing hides it: it is shown when its time comes
            self.waiting[comment.id] = replace(waiting, left_out=False)
            return
        self._note(Note("shown", comment.id, user=comment.user.id))
        comment = self.unseen.without(comment)
        self.restored[comment.id] = comment.user.id
        self.public.append(protocol.CommentRestored(comment=comment))
        self.quotes[comment.id] = excerpt(comment.text)
        self.recent.append(("put", ids.position(int(comment.id)), comment))

    def _note(self, note: Note) -> None:
        self.unseen.take(note)
        self.noted.append(note)

    # --- people ----------------------------------------------------------------------------------

    def _clear(self, entry: events.Entry, cleared: events.UserCleared) -> None:
        user = str(cleared.user)
        said = [waiting.comment for waiting in self.waiting.values()]
        mine = [comment for comment in [*said, *cleared.shown] if comment.user.id == user]
        for comment in mine:
            self._end_wait(comment.id)
            self.quotes[comment.id] = ""
        self.cleared[user] = entry.id
        for name in {cleared.name, *(comment.user.name for comment in mine)}:
            self.cleared_names[name] = entry.id
            self._note(Note("cleared", user, name=name, through=entry.id))
        self.restored = {id: whose for id, whose in self.restored.items() if whose != user}
        self.public.append(
            protocol.UserCleared(user=user, name=cleared.name, through=str(entry.id))
        )

    def _add_sanction(self, entry: events.Entry, sanction: events.UserSanctioned) -> None:
        until = None if sanction.seconds is None else entry.at_ms + sanction.seconds * 1000
        self.staff.append(
            protocol.UserSanctioned(user=str(sanction.user), kind=sanction.kind, until=until)
        )
