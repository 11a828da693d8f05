"""F10: everything is restarted in order, one after the other, as a deploy does it. Async."""

import time

from ..history import History, Outcome
from ..scene import Scene, Show
from ..stage import BATCHERS, WEB

ORDER = (*WEB, *BATCHERS, "valkey", "postgres")


async def rolling_restart(scene: Scene) -> None:
    """F10: nothing is lost, and no post fails that is tried again."""
    rounds = scene.times(1, 20)
    async with scene.under_load(rate=scene.pick(150, 300)) as show:
        for number in range(rounds):
            for name in ORDER:
                scene.say(number / rounds, f"{name}, {number + 1} of {rounds}")
                await _restart(scene, show, name)
    assert show.history is not None
    failed = _failed(show.history)
    scene.finding.figure("posts failed after retry", len(failed), "", at_most=0, timed=False)
    scene.finding.notes += failed[:3]


async def _restart(scene: Scene, show: Show, name: str) -> None:
    at = await scene.terminate(name)
    await scene.serving(name)
    await scene.moment(0.3, 0.6)  # an orchestrator waits until the new one is in use
    scene.finding.unavailable.append(show.unavailable(at, time.monotonic()))


def _failed(history: History) -> list[str]:
    """Return the posts that came to nothing."""
    return [
        f"{post.outcome.value} {post.code}: {post.text!r}"
        for post in history.posts.values()
        if post.outcome in (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.WAITING)
    ]
