"""Read chat logs: our JSON Lines, and the JSON that chat-downloader writes. Sync.

Ours is one object a line, `{"t": seconds, "user": …, "text": …}`; chat-downloader writes such
lines or one array, of objects with `time_in_seconds` or `timestamp`, `message` and `author`.
Either may be gzipped. Texts are kept as they are: refusing them is the server's business.
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

GZIP_MAGIC = b"\x1f\x8b"


class NotAChatLog(Exception):
    """One sentence that says which file cannot be played, and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message: `at` in seconds, `author` the same for everything that person says."""

    at: float
    author: str
    name: str
    text: str


class _Ours(msgspec.Struct):
    t: float
    user: str
    text: str


class _Author(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    display_name: str | None = None


class _Downloaded(msgspec.Struct):
    author: _Author
    message: str | None = None
    time_in_seconds: float | None = None
    timestamp: float | None = None  # microseconds since the Unix epoch


_ours = msgspec.json.Decoder(_Ours)
_downloaded = msgspec.json.Decoder(_Downloaded)
_array = msgspec.json.Decoder(list[msgspec.Raw])


def read_logs(paths: Sequence[Path]) -> list[Line]:
    """Return the lines of all files in the order of time, each file beginning at 0 seconds."""
    lines = [line for path in paths for line in read_log(path)]
    return sorted(lines, key=lambda line: line.at)


def read_log(path: Path) -> list[Line]:
    """Return the lines of one file in the order of time. Raises `NotAChatLog`."""
    content = _content(path)
    try:
        found = [_line(number, raw, path.name) for number, raw in enumerate(_records(content), 1)]
        lines = [line for line in found if line is not None]
    except (msgspec.DecodeError, ValueError) as error:
        raise NotAChatLog(f"{path} is not a chat log: {error}.") from None
    if not lines:
        raise NotAChatLog(f"{path} is not a chat log: there is no message in it.")
    first = min(line.at for line in lines)
    moved = (Line(line.at - first, line.author, line.name, line.text) for line in lines)
    return sorted(moved, key=lambda line: line.at)


def cut(lines: Sequence[Line], *, start: float, duration: float | None) -> list[Line]:
    """Return what was said in `[start, start + duration)` seconds."""
    end = float("inf") if duration is None else start + duration
    return [line for line in lines if start <= line.at < end]


def _content(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(GZIP_MAGIC) else raw
    except (OSError, EOFError, zlib.error) as error:
        raise NotAChatLog(f"{path} cannot be read: {error}.") from None


def _records(content: bytes) -> Iterator[bytes]:
    stripped = content.strip()
    if stripped.startswith(b"["):
        yield from (bytes(raw) for raw in _array.decode(stripped))
    else:
        yield from (line for line in stripped.splitlines() if line.strip())


def _line(number: int, raw: bytes, file_name: str) -> Line | None:
    """Return a line; None for what is in a log but is no message, such as a gift without words."""
    try:
        ours = _ours.decode(raw)
    except msgspec.ValidationError:
        try:
            return _downloaded_line(_downloaded.decode(raw), file_name)
        except (msgspec.ValidationError, ValueError):
            raise ValueError(f"record {number} is not a message of a chat") from None
    return Line(ours.t, f"{file_name} {ours.user}", ours.user, ours.text)


def _downloaded_line(found: _Downloaded, file_name: str) -> Line | None:
    author = found.author
    name = author.display_name or author.name or author.id
    if found.message is None or name is None:
        return None
    if found.time_in_seconds is not None:
        at = found.time_in_seconds
    elif found.timestamp is not None:
        at = found.timestamp / 1_000_000
    else:
        raise ValueError("a message has neither time_in_seconds nor timestamp")
    return Line(at, f"{file_name} {author.id or name}", name, found.message)
