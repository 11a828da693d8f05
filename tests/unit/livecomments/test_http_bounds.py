"""HTTP clients that are slow or endless on purpose."""

import asyncio
import logging
from contextlib import asynccontextmanager, suppress

import pytest

from livecomments.gateway import http
from livecomments.gateway.http import BODY_MAX_BYTES, HEAD_MAX_BYTES
from tests.serving import on_uvloop, serving, until

LARGE = bytes(4 * 1024 * 1024)


async def answers(scope, receive, send):
    """Reads a request to its end and says how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    body = LARGE if scope["path"] == "/large" else str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def client(port):
    """Yields `(reader, writer)` of a connection that has said nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ends(reader):
    """What a connection brings until it ends or is reset."""
    async with asyncio.timeout(5):
        try:
            return await reader.read()
        except ConnectionError:
            return b"reset"


async def pour(writer, parts, *, pause=0.0):
    """Writes on and on, until the connection has ended."""
    with suppress(ConnectionError, RuntimeError):  # uvloop's, of a transport that was closed
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
    ids=["silent", "request line", "headers", "body", "chunks"],
)
@on_uvloop
async def test_a_request_that_does_not_end_is_ended(said, monkeypatch):
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.2)
    async with serving(answers) as (server, port), client(port) as (reader, writer):
        writer.write(said)
        await until(lambda: server.server_state.connections)
        assert await ends(reader) == b"reset"
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)


@on_uvloop
async def test_a_byte_now_and_then_gains_no_time(monkeypatch):
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.3)
    async with serving(answers) as (_, port), client(port) as (reader, writer):
        writer.write(b"GET /")
        dripping = asyncio.create_task(pour(writer, [b"x"] * 100, pause=0.05))
        assert await ends(reader) == b"reset"
        dripping.cancel()


@on_uvloop
async def test_a_line_after_an_answer_begins_no_endless_request(monkeypatch):
    """It ends the time that uvicorn gives an idle connection."""
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.3)
    async with serving(answers) as (_, port), client(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"0\r\n\r\n")
        writer.write(b"\r\n")
        assert await ends(reader) == b"reset"


@on_uvloop
async def test_a_request_in_time_is_answered_and_the_next_one_has_its_own_time(monkeypatch):
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.5)
    async with serving(answers) as (_, port), client(port) as (reader, writer):
        for _ in range(4):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
            await asyncio.sleep(0.2)
            writer.write(b"body")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            chunks = await reader.readuntil(b"0\r\n\r\n")
            assert b"4" in chunks


@on_uvloop
async def test_headers_without_an_end_are_refused():
    async with serving(answers) as (server, port), client(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        lines = 2 * HEAD_MAX_BYTES // 1_000
        await pour(writer, [b"X-%d: %s\r\n" % (line, b"x" * 990) for line in range(lines)])
        assert await ends(reader) in (b"reset", http._REFUSALS[431] + END)
        await until(lambda: not server.server_state.connections)


@on_uvloop
async def test_an_address_without_an_end_is_refused():
    async with serving(answers) as (_, port), client(port) as (reader, writer):
        writer.write(b"GET /")
        await pour(writer, [b"x" * 1_000] * (2 * HEAD_MAX_BYTES // 1_000))
        assert await ends(reader) in (b"reset", http._REFUSALS[431] + END)


END = b"content-length: 0\r\nconnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: %d\r\n\r\n" % (BODY_MAX_BYTES + 1),
        b"Content-Length: 1000000000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"10000\r\n" + b"x" * 65_536 + b"\r\n" for _ in range(20)),
    ],
    ids=["a byte over", "a gigabyte", "chunks"],
)
@on_uvloop
async def test_a_body_that_is_too_large_is_refused(head):
    async with serving(answers) as (server, port), client(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + head)
        assert await ends(reader) in (b"reset", http._REFUSALS[413] + END)
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)


@on_uvloop
async def test_a_body_at_the_limit_is_taken():
    async with serving(answers) as (_, port), client(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % BODY_MAX_BYTES)
        writer.write(bytes(BODY_MAX_BYTES))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


@on_uvloop
async def test_an_answer_that_nobody_reads_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.3)
    async with serving(answers) as (server, port), client(port) as (_, writer):
        writer.transport.pause_reading()
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: server.server_state.connections)
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)


# --- the handshake of a socket -------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"GET /ws/?\xff HTTP/1.1",
        b"GET /ws/\xc3\xa9 HTTP/1.1",
        b"GET /ws/ HTTP/1.1\r\n" + b"\r\n".join(b"X-%d: y" % number for number in range(200)),
        b"GET /ws/ HTTP/1.1\r\nX-Long: " + b"y" * 9_000,
        b"GET /ws/ HTTP/1.1\r\nSec-WebSocket-Extensions: ;;;=",
        b"POST /ws/ HTTP/1.1",
    ],
    ids=["query", "path", "many headers", "a long header", "extensions", "method"],
)
@on_uvloop
async def test_a_handshake_that_is_none_is_refused_without_a_fuss(line, caplog):
    async with serving(answers) as (server, port), client(port) as (reader, writer):
        writer.write(
            line + b"\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert (await ends(reader))[:10] == b"HTTP/1.1 4"
        await until(lambda: not server.server_state.connections)

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
