"""What an event becomes for each audience. Sync, pure.

Viewers share one frame log, staff have a second one, and what concerns one person rides in the
side list of a public frame.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from comments.spam.text import excerpt
from livecomments import events, ids, protocol
from livecomments.protocol import Item, PersonalItem, Room
from streams import roomstate


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
    # comments hidden of late, by earlier flushes too: a reply may have been on its way with a quote
    hidden: set[str] = field(default_factory=set)
    left_out: int = 0  # comments that viewers are not shown: the room is busier than its pace

    def tell(self, user_id: int | str, item: PersonalItem) -> None:
        """Add something for one person."""
        self.side.setdefault(str(user_id), []).append(item)

    def add(self, entry: events.Entry) -> None:
        """Add one event; call in log order."""
        self._add_items(entry)
        after = roomstate.after(self.room, entry.body)
        if after is not self.room:
            self.room = after
            self.room_changed = True
            self.public.append(protocol.RoomChanged(room=after))

    def requote(self, recent: Iterable[protocol.Comment]) -> None:
        """Bring the quotes in the recent list up to date with what was hidden and restored."""
        gone = {position for operator, position, _ in self.recent if operator == "remove"}
        said = [comment for _, _, comment in self.recent if comment is not None]
        for comment in [*recent, *said]:
            quote, position = comment.reply, ids.position(int(comment.id))
            if quote is None or quote.id not in self.quotes or position in gone:
                continue
            changed = replace(comment, reply=replace(quote, text=self.quotes[quote.id]))
            self.recent.append(("put", position, changed))

    def _add_items(self, entry: events.Entry) -> None:
        match entry.body:
            case events.CommentSaid() as said:
                self._add_said(entry, said)
            case events.CommentHidden(comment=comment):
                self.public.append(protocol.CommentHidden(id=comment))
                self.quotes[comment] = ""
                self.hidden.add(comment)
                self.recent.append(("remove", ids.position(int(comment)), None))
            case events.CommentRestored(comment=restored):
                self.public.append(protocol.CommentRestored(comment=restored))
                self.quotes[restored.id] = excerpt(restored.text)
                self.hidden.discard(restored.id)
                self.recent.append(("put", ids.position(int(restored.id)), restored))
            case events.HoldClosed() as closed:
                self.staff.append(protocol.HoldClosed(hold=closed.hold, outcome=closed.outcome))
                self.tell(
                    closed.author,
                    protocol.YouHeldRefused(
                        hold=closed.hold, outcome=closed.outcome, reason=closed.reason
                    ),
                )
            case events.UserSanctioned() as sanction:
                self._add_sanction(entry, sanction)
            case events.SanctionLifted(user=user):
                self.staff.append(protocol.SanctionLifted(user=str(user)))
                self.tell(user, protocol.YouRestored())
            case _:
                pass  # modes, pins and status show in the room itself

    def _add_said(self, entry: events.Entry, said: events.CommentSaid) -> None:
        if entry.kind == events.COMMENT_HELD:
            self.staff.append(protocol.HoldOpened(held=events.held_of(entry.id, said)))
            return
        comment = events.comment_of(entry.id, said)
        if comment.reply is not None and comment.reply.id in self.hidden:
            comment = replace(comment, reply=replace(comment.reply, text=""))
        if entry.left_out:
            self._leave_out(said, comment)
            return
        self.public.append(protocol.CommentPosted(comment=comment))
        self.recent.append(("add", ids.position(entry.id), comment))
        if said.hold is not None:
            self.staff.append(protocol.HoldClosed(hold=said.hold, outcome="approved"))
            self.tell(said.author, protocol.YouHeldApproved(hold=said.hold, comment=comment))

    def _leave_out(self, said: events.CommentSaid, comment: protocol.Comment) -> None:
        """Count it; only the one it replies to is shown it."""
        self.left_out += 1
        if said.reply_user is not None and said.reply_user != said.author:
            self.tell(said.reply_user, protocol.YouReplied(comment=comment))

    def _add_sanction(self, entry: events.Entry, sanction: events.UserSanctioned) -> None:
        until = None if sanction.seconds is None else entry.at_ms + sanction.seconds * 1000
        self.staff.append(
            protocol.UserSanctioned(user=str(sanction.user), kind=sanction.kind, until=until)
        )
        self.tell(
            sanction.user,
            protocol.YouSanctioned(kind=sanction.kind, reason=sanction.reason, until=until),
        )
