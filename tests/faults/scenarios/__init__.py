"""The faults by name, in the order in which they are staged. Async, one function each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..scene import Scene
from . import (
    clock,
    controls,
    crowd,
    emptied,
    kills,
    network,
    pauses,
    resume,
    rolling,
    soak,
    storage,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table. `long_only`: it proves something that a short run need not prove."""

    title: str
    run: Callable[[Scene], Awaitable[None]]
    long_only: bool = False


SCENARIOS = {
    "F1": Scenario("kill -9 PostgreSQL", kills.postgres),
    "F2": Scenario("kill -9 a web process", kills.web),
    "F3": Scenario("kill -9 Valkey, also in a sync", kills.valkey),
    "F4": Scenario("kill -9 the batcher", kills.batcher),
    "F5": Scenario("SIGSTOP of each part", pauses.each_part),
    "F6": Scenario("reset, black hole, half-open", network.network),
    "F7": Scenario("PostgreSQL disk full", storage.full_disk),
    "F8": Scenario("Valkey at maxmemory", storage.full_memory),
    "F9": Scenario("clocks an hour off", clock.wrong_clocks),
    "F10": Scenario("rolling restart", rolling.rolling_restart),
    "F11": Scenario("a crowd reconnects", crowd.reconnect),
    "F12": Scenario("1, 300, 10,000 missed", resume.missed),
    "F14": Scenario("Valkey emptied, rolled back", emptied.emptied),
    "F15": Scenario("Valkey stands still 5 s", pauses.valkey_with_reactions),
    "C1": Scenario("control: everysec", controls.valkey_everysec, long_only=True),
    "C2": Scenario("control: commit off", controls.postgres_async_commit, long_only=True),
}
SOAK = "F13"
SCENARIOS_AND_SOAK = SCENARIOS | {SOAK: Scenario("soak", soak.soak)}
