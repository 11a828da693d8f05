"""F6: connections that are cut, swallowed or half there – to viewers, Valkey, PostgreSQL. Async.

A web process of its own and both batchers reach the databases through proxies; a third of the
people reach that web process through another. The others are a control: they notice nothing.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from livecomments.client.session import Session
from livecomments.client.wire import socket_url
from livecomments.local.ports import HOST, free_port

from ..proxy import Proxy
from ..scene import Scene, Show
from ..stage import BATCHERS

NAME = "web-3"
DEAD_PEER_SECONDS = 50.0
BACK_SECONDS = 60.0
QUIET_PEERS = 5


@dataclass
class Lines:
    """The proxies: before the web process, and before each database."""

    web: Proxy
    valkey: Proxy
    postgres: Proxy


async def network(scene: Scene) -> None:
    """F6: nothing is lost, and who is dead is found out."""
    stage = scene.stage
    async with AsyncExitStack() as stack:
        port = free_port()
        web, valkey, postgres = [
            await stack.enter_async_context(Proxy(target))
            for target in (port, stage.valkey.port, stage.postgres.port)
        ]
        lines = Lines(web, valkey, postgres)
        environment = {
            "REDIS_URL": stage.valkey.url.replace(str(stage.valkey.port), str(valkey.port)),
            "DATABASE_URL": stage.postgres.url.replace(
                str(stage.postgres.port), str(postgres.port)
            ),
        }
        stack.push_async_callback(_put_back, scene)
        for name in BATCHERS:
            await asyncio.to_thread(stage.begin_restart, name, environment)
        stage.add_web(NAME, port=port, **environment)
        for name in (*BATCHERS, NAME):
            await scene.serving(name)
        proxied = f"http://{HOST}:{web.port}"
        async with scene.under_load(
            url_of=lambda number: proxied if number % 3 == 0 else stage.url,
            rate=scene.pick(100, 200),
        ) as show:
            await _cut(scene, show, lines)
            await _swallow(scene, show, lines)
            if scene.long:
                await _find_the_dead(scene, proxied, lines.web)


async def _put_back(scene: Scene) -> None:
    stage = scene.stage
    await asyncio.to_thread(stage.remove, NAME)
    for name in BATCHERS:
        await asyncio.to_thread(stage.begin_restart, name)


async def _cut(scene: Scene, show: Show, lines: Lines) -> None:
    """Reset every connection, again and again."""
    times = scene.times(1, 10)
    for number in range(times):
        for name, proxy in vars(lines).items():
            scene.say(number / times / 2, f"reset of {name}")
            await scene.moment(0.1, scene.pick(0.4, 1.0))
            at = time.monotonic()
            proxy.reset()
            scene.finding.kills += 1
            await asyncio.sleep(scene.pick(1.0, 2.0))
            scene.finding.unavailable.append(show.unavailable(at, time.monotonic()))


async def _swallow(scene: Scene, show: Show, lines: Lines) -> None:
    """Let connections swallow everything for a while, in both directions or in one."""
    steps: list[tuple[str, Proxy, Callable[[Proxy], None], float]] = [
        ("black hole before the web", lines.web, lambda proxy: proxy.shut(), 1.0),
        ("half-open web", lines.web, lambda proxy: proxy.lose_clients(), 1.0),
        ("answers of valkey swallowed", lines.valkey, lambda p: p.shut(up=False), 3.5),
        ("black hole before postgres", lines.postgres, lambda proxy: proxy.shut(), 2.5),
    ]
    if scene.long:
        steps += [
            ("black hole before valkey", lines.valkey, lambda proxy: proxy.shut(), 5.0),
            ("long black hole before valkey", lines.valkey, lambda proxy: proxy.shut(), 20.0),
            ("long black hole before postgres", lines.postgres, lambda proxy: proxy.shut(), 30.0),
            ("slow valkey", lines.valkey, lambda proxy: proxy.slow(0.1), 10.0),
        ]
    for number, (name, proxy, spoil, seconds) in enumerate(steps):
        scene.say(0.5 + number / len(steps) / 4, name)
        await scene.moment(0.1, scene.pick(0.4, 0.8))
        at = time.monotonic()
        spoil(proxy)
        scene.finding.kills += 1
        await asyncio.sleep(seconds)
        proxy.slow(0.0)
        proxy.open()
        await asyncio.sleep(1.0 if seconds < 10 else 6.0)
        scene.finding.unavailable.append(show.unavailable(at, time.monotonic()))


async def _find_the_dead(scene: Scene, url: str, proxy: Proxy) -> None:
    """Let a few quiet viewers vanish; both ends must notice in time."""
    scene.say(0.8, "waiting until both ends notice a black hole")
    room = (await scene.open_venue()).room
    before = len(proxy.pairs)
    sessions = [
        Session(socket_url(url), room.slug, lambda message: None) for _ in range(QUIET_PEERS)
    ]
    try:
        for session in sessions:
            session.start()
        await asyncio.gather(*(session.joined.wait() for session in sessions))
        pairs = proxy.pairs[before:]
        at = time.monotonic()
        proxy.shut()
        scene.finding.kills += 1
        while time.monotonic() < at + DEAD_PEER_SECONDS + 10:
            if all(pair.client_gone and pair.server_gone for pair in pairs):
                break
            await asyncio.sleep(0.1)
        late = at + DEAD_PEER_SECONDS + 10
        for side, gone in (
            ("the server", [pair.server_gone or late for pair in pairs]),
            ("the client", [pair.client_gone or late for pair in pairs]),
        ):
            scene.finding.figure(
                f"{side} found a dead peer after", max(gone) - at, at_most=DEAD_PEER_SECONDS
            )
        proxy.open()
        async with asyncio.timeout(BACK_SECONDS):
            await asyncio.gather(*(session.joined.wait() for session in sessions))
    finally:
        proxy.open()
        await asyncio.gather(*(session.stop() for session in sessions))
