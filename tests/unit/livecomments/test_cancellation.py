"""A loop ends although what it awaits swallows its cancellation."""

import asyncio
import contextlib

import pytest

from livecomments.cancellation import stop_if_cancelled


async def swallow():
    """What redis-py does while it looks whether an idle connection still lives."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(1)


async def test_a_swallowed_cancellation_still_ends_the_loop():
    rounds = 0

    async def loop():
        nonlocal rounds
        for _ in range(3):
            stop_if_cancelled()
            rounds += 1
            await swallow()

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert rounds == 1


async def test_nothing_happens_to_a_task_that_was_not_told_to_end():
    stop_if_cancelled()


def test_nothing_happens_outside_of_a_task():
    loop = asyncio.new_event_loop()
    failures = []
    loop.set_exception_handler(lambda _, context: failures.append(context))
    try:
        loop.call_soon(stop_if_cancelled)
        loop.call_soon(loop.stop)
        loop.run_forever()
    finally:
        loop.close()
    assert failures == []
