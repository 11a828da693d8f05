"""The attacks of the long form, one function each, with their figures. Sync around async.

A figure has a bar where there is one to meet. The web process is one of the product's, the servers
those of `make run`; clients come from addresses of their own, so that limits see a crowd.
"""

import asyncio
import random
import time
from dataclasses import dataclass

import msgspec
import psutil

from livecomments import redisdb
from livecomments.limits import POST_WINDOWS
from livecomments.protocol import CommentAccepted, CommentPost, Hello, Role
from tests.live import Stage, orm
from tests.load import rows, texts
from tests.load.authors import in_turn
from tests.load.show import Show, measure, settle, writing
from tests.sockets import stream_socket
from tests.wire import raw_socket, text

from . import conformance
from .attackers import SlowSenders, deaf_viewers, honest_connects, kernel_bytes, port_of
from .fuzz import Fuzzer
from .requests import Asker

MEGABYTE = 1024 * 1024
DEAF, DEAF_SECONDS, VIEWERS = 100, 60.0, 200
DEAF_RATE, DEAF_TEXT = 40.0, 190
SLOW, HONEST = 500, 300
FRAMES, REQUESTS = 100_000, 5_000
FLOOD_SECONDS = 30.0
ROUNDS = 50
DRAINED = 1_000


@dataclass(frozen=True)
class Figure:
    """One thing that was measured: what, how much, and whether that is good enough."""

    what: str
    value: str
    bar: str = ""
    is_met: bool = True


def conform(bench):
    """W1: the Autobahn cases."""
    figures = []
    for server in conformance.SERVERS.values():
        with conformance.serving(server) as address:
            verdicts = conformance.judge(address, server.whole)
        failed = conformance.failures(verdicts)
        odd = conformance.disagreements(server, verdicts)
        value = f"{len(verdicts)} cases, {len(failed)} fail, all but {len(odd)} as waived"
        figures.append(Figure(server.heading, value, "0 not as waived", not odd))
        for line in odd[:5]:
            bench.say(f"    {line}")
    return figures


def sizes(bench):
    """W2: what is too large."""
    return asyncio.run(_sizes(bench))


async def _sizes(bench):
    memory = psutil.Process(bench.rig.web_pids()[0]).memory_info
    port, codes = port_of(bench.rig.url), []
    before = most = memory().rss
    for declared in (8_193, 10 * MEGABYTE, 1_000_000_000):
        for first in (0x81, 0x82):
            async with raw_socket(port) as client:
                client.send(bytes((first, 0xFF)) + declared.to_bytes(8, "big") + bytes(4))
                frames = await client.frames_until(b"\x03\xf1")
                codes.append(int.from_bytes(frames[-1][1][:2], "big"))
                for _ in range(min(declared, 10 * MEGABYTE) // 65_536):
                    if client.writer.transport.is_closing():
                        break
                    client.send(bytes(65_536))
                    await asyncio.sleep(0)
                most = max(most, memory().rss)
    grown = (most - before) / MEGABYTE
    return [
        Figure("8,193 bytes, 10 MB, 1 GB declared, text and binary", f"closed {set(codes)}", "1009",
               set(codes) == {1009}),
        Figure("memory of the web process", f"+{grown:.1f} MB", "≤ +10 MB", grown <= 10),
    ]  # fmt: skip


def readers(bench):
    """W3: viewers that stop reading, beside those that read."""
    venue = rows.make_venue()
    people = rows.make_people(venue, 10)
    return asyncio.run(_readers(bench, venue, people))


async def _readers(bench, venue, people):
    show = Show(bench, venue)
    port = port_of(bench.rig.url)
    hello = text(msgspec.json.encode(Hello(version=1, stream=venue.room.slug)).decode())
    await show.open(VIEWERS, people)
    send = in_turn(show.authors.everybody, texts.lines(DEAF_TEXT))
    async with writing(DEAF_RATE, send):
        await settle()
        alone = await measure(bench, DEAF_SECONDS / 2, "everybody reads")
        before = psutil.Process(bench.rig.web_pids()[0]).memory_info().rss
        async with deaf_viewers(bench.rig.url, hello, DEAF):
            watch = asyncio.create_task(_watch_memory(bench, port, before))
            beside = await measure(bench, DEAF_SECONDS, f"{DEAF} read nothing")
            most, watched = await watch
            left = bench.rig.census()["sockets"] - VIEWERS - len(people)
            kernel = sum(kernel_bytes(port).values())
    await show.finish()
    one, two = show.shown(alone).percentile(99), show.shown(beside).percentile(99)
    await show.close()
    await redisdb.close()
    each = most / DEAF / MEGABYTE
    return [
        Figure(f"{DEAF} deaf viewers, {DEAF_RATE:.0f} comments/s", f"{each:.2f} MB each", "≤ 1 MB",
               each <= 1),
        Figure(f"of them still open after {watched:.0f} s", f"{left}", "0", left == 0),
        Figure("left of them in the kernel", f"{kernel:,} bytes", "", True),
        Figure(f"p99 of {VIEWERS} who read", f"{one:.0f} ms alone, {two:.0f} ms beside them",
               "≤ +20 %", two <= one * 1.2),
    ]  # fmt: skip


async def _watch_memory(bench, port, before):
    """The most that process and kernel held for the deaf, and for how long that was watched."""
    process = psutil.Process(bench.rig.web_pids()[0])
    most, began = 0, time.monotonic()
    while time.monotonic() - began < DEAF_SECONDS - 1:
        grown = process.memory_info().rss - before
        most = max(most, grown + sum(kernel_bytes(port).values()))
        await asyncio.sleep(0.5)
    return most, time.monotonic() - began


def slow(bench):
    """W4: slow headers and silence, at the door itself, with no proxy in front."""
    return asyncio.run(_slow(bench))


async def _slow(bench):
    alone = sorted(await honest_connects(bench.rig.url, HONEST))
    senders = SlowSenders(bench.rig.url, SLOW)
    await senders.start()
    await asyncio.sleep(12)  # the first of them have been sent away and are back
    beside = sorted(await honest_connects(bench.rig.url, HONEST, pause=0.02))
    await senders.stop()
    one, two = (took[int(0.99 * len(took))] * 1_000 for took in (alone, beside))
    return [
        Figure(f"p99 of {HONEST} honest connects", f"{one:.0f} ms, beside {SLOW} slow {two:.0f} ms",
               "≤ 1 s", two <= 1_000),
        Figure("slow connections ended by the server", f"{senders.ended:,}", "> 0",
               senders.ended > 0),
    ]  # fmt: skip


def fuzz(bench):
    """W5: nonsense on the socket and over HTTP."""
    stage, other = Stage(), Stage()
    for one in (stage, other):
        asyncio.run(_open(one))
    openings = [
        msgspec.json.encode(Hello(version=1, stream=stage.slug, ticket=ticket))
        for ticket in (None, stage.visitor(), stage.visitor(Role.MODERATOR), other.visitor())
    ]
    before = _settled_census(bench, stage)
    words = [stage.slug, other.slug, "like", "k"]
    first = random.SystemRandom().randrange(10**6)
    fuzzer = Fuzzer(bench.rig.url, words, openings)
    fuzzer.run(FRAMES, first_seed=first, on_progress=lambda n: bench.progress.show(
        n / FRAMES, f"{n:,} frames"))  # fmt: skip
    venue = rows.make_venue()
    tokens = rows.make_tokens(rows.make_people(venue, 2))
    asker = Asker(bench.rig.url, [stage.slug, venue.room.slug, "1"], tokens)
    asker.run(REQUESTS, first_seed=first, on_progress=lambda n: bench.progress.show(
        n / REQUESTS, f"{n:,} requests"))  # fmt: skip
    for fault in (*fuzzer.faults[:3], *asker.faults[:3]):
        bench.say(f"    seed {first}: {fault}")
    time.sleep(3)
    after = bench.rig.census()
    (name,) = bench.rig.web_names
    tracebacks = bench.rig.log(name).count("Traceback")
    ends = ", ".join(f"{code}: {count:,}" for code, count in fuzzer.ends.most_common())
    statuses = ", ".join(f"{status}: {count:,}" for status, count in asker.statuses.most_common(6))
    return [
        Figure("frames", f"{fuzzer.frames:,} ({ends})", f"≥ {FRAMES:,}", fuzzer.frames >= FRAMES),
        Figure("requests", f"{asker.sent:,} ({statuses})", f"≥ {REQUESTS:,}",
               asker.sent >= REQUESTS),
        Figure("wrong answers", f"{len(fuzzer.faults) + len(asker.faults)}", "0",
               not fuzzer.faults and not asker.faults),
        Figure("tracebacks in the log", f"{tracebacks}", "0", tracebacks == 0),
        Figure("left behind", _left(before, after), "nothing", _is_gone(before, after)),
    ]  # fmt: skip


async def _open(stage):
    await stage.open()
    await redisdb.close()


def _settled_census(bench, stage):
    """What the process holds with nobody in it, once its loops, which the first begins, run."""

    async def visit():
        async with stream_socket(bench.rig.url, stage.slug):
            await asyncio.sleep(1)

    asyncio.run(visit())
    time.sleep(2)
    return bench.rig.census()


def _left(before, after):
    return ", ".join(f"{name} {before[name]} → {after[name]}" for name in after)


def _is_gone(before, after):
    """Tasks: one more for a loop that only began meanwhile; everything else as it was."""
    others = all(after[name] <= before[name] for name in after if name != "tasks")
    return others and after["tasks"] <= before["tasks"] + 2


def flood(bench):
    """W6: as many posts as one socket can send."""
    stage = Stage()
    return asyncio.run(_flood(bench, stage))


async def _flood(bench, stage):
    await stage.open()
    ticket = stage.visitor()
    sent, began = 0, time.monotonic()
    async with stream_socket(bench.rig.url, stage.slug, ticket=ticket) as author:
        window = asyncio.create_task(measure(bench, FLOOD_SECONDS, "one floods"))
        while not window.done():
            for _ in range(100):
                sent += 1
                author.send(CommentPost(nonce=f"f{sent}", text=f"flood {sent}"))
            await asyncio.sleep(0.005)
        await asyncio.sleep(2)
        accepted = sum(isinstance(message, CommentAccepted) for message in author.seen)
    delays = window.result().delays
    await redisdb.close()
    rate = sent / (time.monotonic() - began)
    allowed = sum(
        window.count * (FLOOD_SECONDS + 3) * 1_000 / window.span_ms + window.count
        for window in POST_WINDOWS[-1:]
    )
    late = delays.percentile(99)
    return [
        Figure(f"posts on one socket, {rate:,.0f}/s", f"{accepted} of {sent:,} taken",
               f"≤ {allowed:.0f}", 0 < accepted <= allowed),
        Figure("the loop was late, p99", f"{late:.1f} ms", "≤ 50 ms", late <= 50),
    ]  # fmt: skip


def comings(bench):
    """W7: joins and leaves in the same instant."""
    stage = Stage()
    asyncio.run(_open(stage))
    before = _settled_census(bench, stage)
    asyncio.run(_comings(bench, stage))
    time.sleep(3)
    after = bench.rig.census()
    return [
        Figure(f"{ROUNDS} × 100 that join and leave at once", _left(before, after), "nothing left",
               _is_gone(before, after))
    ]  # fmt: skip


async def _comings(bench, stage):
    tickets = [stage.visitor() for _ in range(50)]
    for number in range(ROUNDS):
        bench.progress.show(number / ROUNDS, f"round {number + 1}")
        await asyncio.gather(*(_come_and_go(bench, stage, tickets[n % 50]) for n in range(100)))
    await redisdb.close()


async def _come_and_go(bench, stage, ticket):
    async with raw_socket(port_of(bench.rig.url)) as client:
        hello = Hello(version=1, stream=stage.slug, ticket=ticket)
        client.send(text(msgspec.json.encode(hello).decode()))
        if random.random() < 0.5:
            await client.frames_until(b"welcome")


def drain(bench):
    """The end of a process with a thousand sockets and people who talk."""
    venue = rows.make_venue()
    people = rows.make_people(venue, 20)
    return asyncio.run(_drain(bench, venue, people))


async def _drain(bench, venue, people):
    show = Show(bench, venue)
    await show.open(DRAINED, people)
    send = in_turn(show.authors.everybody, texts.lines(60))
    process, closed = bench.rig.web_process, show.audience.book.closed
    async with writing(100.0, send):
        await settle()
        began = time.monotonic()
        process.terminate()
        first = None
        while closed.total() < DRAINED and time.monotonic() - began < 20:
            if first is None and closed:
                first = time.monotonic()
            await asyncio.sleep(0.005)
        last = time.monotonic()
    code = await asyncio.to_thread(process.wait, 20)
    took = time.monotonic() - began
    ledger = show.ledger
    last_id = ledger.last_id
    await asyncio.to_thread(rows.await_archive, venue.room, last_id)
    archived = await asyncio.to_thread(orm, rows.archived_texts, [venue])
    await show.close()
    await redisdb.close()
    unanswered = len(archived.keys() - ledger.sent_at.keys())
    lost = len(ledger.sent_at.keys() - archived.keys())
    spread = last - (first or last)
    bench.rig.start_web(1)
    return [
        Figure(f"{DRAINED:,} sockets closed", f"{dict(closed)} over {spread:.1f} s", "all 4000",
               closed[4000] >= DRAINED and spread > 0.2),
        Figure("the process has ended", f"after {took:.1f} s with {code}", "≤ 12 s", took <= 12),
        Figure("acknowledged and not archived", f"{lost} of {len(ledger.sent_at):,}", "0",
               lost == 0),
        Figure("stored and left without an answer", f"{unanswered}", "0", unanswered == 0),
    ]  # fmt: skip


PARTS = {
    "conformance": conform,
    "sizes": sizes,
    "readers": readers,
    "slow": slow,
    "fuzz": fuzz,
    "flood": flood,
    "comings": comings,
    "drain": drain,
}
