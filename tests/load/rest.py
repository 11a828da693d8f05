"""Programs that post through the REST API, each on a connection of its own. Async.

HTTP/1.1 by hand over asyncio streams: as little work as possible on the side that measures.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from livecomments.client.wire import home_address

from .authors import Ledger

FIRST_NUMBER = 400_000  # of the addresses: nobody else has those
CREATED = 201


class _Id(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    comment: _Id
    left_out: bool = False


class _Problem(msgspec.Struct):
    code: str


_problem = msgspec.json.Decoder(_Problem)
_answer = msgspec.json.Decoder(_Answer)
_monotonic = time.monotonic


async def post_until(
    url: str,
    slug: str,
    tokens: Sequence[Sequence[str]],
    texts: Iterator[str],
    ledger: Ledger,
    *,
    end: float,
) -> None:
    """Let programs post one comment after the other until a moment of the monotonic clock.

    Each program uses its tokens in turn, so that nobody writes more than a person may.
    """
    await asyncio.gather(
        *(
            _client(url, slug, some, texts, ledger, end=end, number=FIRST_NUMBER + index)
            for index, some in enumerate(tokens)
        )
    )


async def _client(
    url: str,
    slug: str,
    tokens: Sequence[str],
    texts: Iterator[str],
    ledger: Ledger,
    *,
    end: float,
    number: int,
) -> None:
    parts = urlsplit(url)
    address = home_address(url, number)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port, local_addr=(address, 0) if address else None
    )
    head = (
        f"POST /api/v1/streams/{slug}/comments/ HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "Content-Type: application/json\r\n"
    )
    in_turn = itertools.cycle(tokens)
    try:
        while _monotonic() < end:
            text = next(texts)
            body = msgspec.json.encode({"text": text})
            began = _monotonic()
            ledger.sent += 1
            more = f"Authorization: Bearer {next(in_turn)}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(f"{head}{more}".encode() + body)
            status, answer = await _read(reader)
            _note(ledger, status, answer, text, began)
    finally:
        writer.close()
        await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


def _note(ledger: Ledger, status: int, answer: bytes, text: str, began: float) -> None:
    if status != CREATED:
        ledger.refused[_problem.decode(answer).code] += 1
        return
    accepted = _answer.decode(answer)
    number = int(accepted.comment.id)
    ledger.sent_at[number] = began
    ledger.answered_at[number] = _monotonic()
    ledger.texts[number] = text
    if accepted.left_out:
        ledger.left_out.add(number)
