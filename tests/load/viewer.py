"""A viewer: a socket that checks every byte it is sent. Async, callbacks only.

The first viewer of a frame decodes it and keeps it; every other one compares its bytes with those
and its own place in the order, which is one look-up and one comparison of memory. So a single core
takes tens of thousands of frames a second and no viewer goes unchecked.
"""

import time
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from livecomments.protocol import Cursor

DEFLATE_TAIL = b"\x00\x00\xff\xff"

_FRAME = b'{"type":"frame"'
_monotonic = time.monotonic


class _Shown(msgspec.Struct):
    id: str
    text: str


class _Item(msgspec.Struct):
    type: str
    comment: _Shown | None = None


class _Frame(msgspec.Struct):
    seq: int
    through: str
    audience: str = "public"
    items: list[_Item] = []
    reactions: dict[str, int] = {}
    left_out: int = 0


class _Welcome(msgspec.Struct):
    epoch: str
    public: Cursor
    resumed: bool


class _Refusal(msgspec.Struct):
    code: str
    retry_after_ms: int | None = None


_frame = msgspec.json.Decoder(_Frame)
_welcome = msgspec.json.Decoder(_Welcome)
_refusal = msgspec.json.Decoder(_Refusal)
_head = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(eq=False, slots=True)
class Shown:
    """One frame as all viewers got it. `arrivals`: when, in seconds of the monotonic clock."""

    seq: int
    through: int
    payload: bytes
    ids: tuple[int, ...]
    left_out: int
    deflated: bytes | None = None
    arrivals: array = field(default_factory=lambda: array("d"))

    @property
    def wire_bytes(self) -> int:
        """The bytes of the message on the wire, with its WebSocket header."""
        size = len(self.payload if self.deflated is None else self.deflated)
        return size + (2 if size < 126 else 4 if size < 65_536 else 10)


@dataclass(eq=False)
class Book:
    """What the viewers of one stream were shown, and what was wrong with it."""

    frames: dict[int, Shown] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    reactions: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    closed: Counter[int] = field(default_factory=Counter)

    def take(self, seq: int, payload: bytes) -> Shown | None:
        """Keep a frame that nobody was shown before; None when it is not the frame of its place."""
        frame = _frame.decode(payload)
        if frame.seq != seq or frame.audience != "public":
            return None
        posted = [item.comment for item in frame.items if item.type == "comment.posted"]
        ids = tuple(int(comment.id) for comment in posted if comment)
        for comment in posted:
            if comment and self.texts.setdefault(int(comment.id), comment.text) != comment.text:
                self.faults["comments whose text changed"] += 1
        self.reactions.update(frame.reactions)
        shown = Shown(seq, int(frame.through), payload, ids, frame.left_out)
        self.frames[seq] = shown
        return shown

    @property
    def in_order(self) -> list[Shown]:
        return [self.frames[seq] for seq in sorted(self.frames)]

    def frame_of(self, log_id: int) -> int | None:
        """Return the number of the first frame that goes as far as a log id."""
        for shown in self.in_order:
            if shown.through >= log_id:
                return shown.seq
        return None


class Place(Protocol):
    """Where a viewer watches: the audience that it belongs to."""

    def hello(self, viewer: "Viewer") -> bytes: ...
    def welcomed(self, viewer: "Viewer") -> None: ...
    def refused(self, viewer: "Viewer", code: str, retry_after_ms: int | None) -> None: ...
    def caught_up(self, viewer: "Viewer") -> None: ...
    def lost(self, viewer: "Viewer", *, joined: bool) -> None: ...


class Viewer(WSListener):
    """One viewer. `expected` is the frame that it must be sent next."""

    __slots__ = (
        "at",
        "book",
        "epoch",
        "expected",
        "frames",
        "joined",
        "number",
        "resumed",
        "start",
        "transport",
    )

    def __init__(self, book: Book, at: Place, number: int) -> None:
        self.book = book
        self.frames = book.frames
        self.at = at
        self.number = number
        self.start = Cursor(0, "0")
        self.expected = 0
        self.epoch = ""
        self.joined = False
        self.resumed = False
        self.transport: WSTransport | None = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        data = frame.get_payload_as_bytes()
        shown = self.frames.get(self.expected)
        if shown is not None and data == shown.payload:
            shown.arrivals.append(_monotonic())
            self.expected += 1
        else:
            self._look(transport, frame, data)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, self.at.hello(self))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        joined, self.joined = self.joined, False
        self.at.lost(self, joined=joined)

    def cut(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            self.transport.disconnect(False)

    # --- what is not the frame that somebody else had before --------------------------------------

    def _look(self, transport: WSTransport, frame: WSFrame, data: bytes) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.book.closed[int(frame.get_close_code())] += 1
            transport.disconnect(False)
        elif frame.msg_type == WSMsgType.TEXT:
            self._text(data)

    def _text(self, data: bytes) -> None:
        if not data.startswith(_FRAME):
            self._message(data)
            return
        shown = self.frames.get(self.expected) or self.book.take(self.expected, data)
        if shown is not None and data == shown.payload:
            shown.arrivals.append(_monotonic())
            self.expected += 1
        else:
            self._wrong(_frame.decode(data))

    def _wrong(self, frame: _Frame) -> None:
        if frame.audience != "public":
            return
        faults = self.book.faults
        if frame.seq == self.expected:
            faults["frames that differed between viewers"] += 1
        elif frame.seq < self.expected:
            faults["frames shown twice"] += 1
            return
        else:
            faults["frames missing from a view"] += frame.seq - self.expected
        self.expected = frame.seq + 1

    def _message(self, data: bytes) -> None:
        head = _head.decode(data)
        match bytes(head["type"]):
            case b'"welcome"':
                self._welcomed(_welcome.decode(data))
            case b'"caught_up"':
                self.at.caught_up(self)
            case b'"error"':
                error = _refusal.decode(data)
                self.at.refused(self, error.code, error.retry_after_ms)
            case b'"backfill"':
                self.book.faults["told from the archive"] += 1

    def _welcomed(self, welcome: _Welcome) -> None:
        self.resumed = welcome.resumed
        if not welcome.resumed:
            if self.expected:
                self.book.faults["told to reload"] += 1
            self.start = welcome.public
            self.expected = welcome.public.seq + 1
        elif welcome.public.seq + 1 != self.expected:
            self.book.faults["resumed at another place"] += 1
        self.epoch = welcome.epoch
        self.joined = True
        self.at.welcomed(self)


class DeflatedViewer(Viewer):
    """A viewer that offered compression: the same bytes for all, inflated by the first."""

    __slots__ = ()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        data = frame.get_payload_as_bytes()
        if not frame.rsv1:
            super().on_ws_frame(transport, frame)
            return
        shown = self.frames.get(self.expected)
        if shown is not None and data == shown.deflated:
            shown.arrivals.append(_monotonic())
            self.expected += 1
            return
        plain = zlib.decompressobj(-15).decompress(data + DEFLATE_TAIL)
        if not plain.startswith(_FRAME):
            self._message(plain)
            return
        self._text(plain)
        fresh = self.frames.get(self.expected - 1)
        if fresh is not None and fresh.deflated is None:
            fresh.deflated = data
