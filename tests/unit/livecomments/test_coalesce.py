"""Batches keep the order, answer each request for itself, and leave nobody waiting."""

import asyncio

import pytest

from livecomments.coalesce import Coalescer


class Flushes:
    """A flush that notes its batches and doubles numbers; `gate` holds it back."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.together = self.most_together = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, requests):
        self.batches.append(requests)
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        await self.gate.wait()
        self.together -= 1
        return [ValueError(n) if n < 0 else n * 2 for n in requests]


def coalescer(flush, *, batch=100, wait_seconds=0.0):
    return Coalescer(flush, wait_seconds=wait_seconds, batch=batch)


async def test_requests_of_one_moment_go_together_in_order():
    flush = Flushes()
    gate = coalescer(flush)

    answers = await asyncio.gather(*(gate.submit(n) for n in range(50)))

    assert answers == [n * 2 for n in range(50)]
    assert flush.batches == [list(range(50))]


async def test_batches_have_a_size_and_keep_the_order():
    flush = Flushes()
    gate = coalescer(flush, batch=20)

    await asyncio.gather(*(gate.submit(n) for n in range(50)))

    assert flush.batches == [list(range(20)), list(range(20, 40)), list(range(40, 50))]


async def test_what_comes_during_a_flush_goes_into_the_next_one():
    flush = Flushes()
    flush.gate.clear()
    gate = coalescer(flush)
    first = gate.submit(1)
    await asyncio.sleep(0.01)
    later = [gate.submit(n) for n in (2, 3)]
    await asyncio.sleep(0.01)
    assert (flush.batches, gate.pending) == ([[1]], 2)

    flush.gate.set()

    assert await asyncio.gather(first, *later) == [2, 4, 6]
    assert flush.batches == [[1], [2, 3]]
    assert flush.most_together == 1


async def test_requests_within_the_wait_go_together():
    flush = Flushes()
    gate = coalescer(flush, wait_seconds=0.05)
    first = gate.submit(1)
    await asyncio.sleep(0.005)

    await asyncio.gather(first, gate.submit(2))

    assert flush.batches == [[1, 2]]


async def test_an_answer_that_is_an_exception_meets_its_own_request_only():
    gate = coalescer(Flushes())

    answers = await asyncio.gather(*(gate.submit(n) for n in (1, -2, 3)), return_exceptions=True)

    assert (answers[0], repr(answers[1]), answers[2]) == (2, "ValueError(-2)", 6)


async def test_a_failed_flush_fails_its_batch_and_the_next_one_is_tried(caplog):
    calls = []

    async def flush(requests):
        calls.append(requests)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return requests

    gate = coalescer(flush, batch=2)
    answers = await asyncio.gather(*(gate.submit(n) for n in range(3)), return_exceptions=True)

    assert [repr(answer) for answer in answers] == ["RuntimeError('broken')"] * 2 + ["2"]
    assert "a batch of 2 failed" in caplog.text


async def test_a_request_whose_owner_has_gone_disturbs_nobody():
    flush = Flushes()
    gate = coalescer(flush)
    gone, stays = gate.submit(1), gate.submit(2)

    gone.cancel()

    assert await stays == 4
    assert flush.batches == [[1, 2]], "what was asked for is done all the same"


async def test_it_begins_again_after_it_was_idle():
    flush = Flushes()
    gate = coalescer(flush)

    assert [await gate.submit(1), await gate.submit(2)] == [2, 4]
    assert flush.batches == [[1], [2]]


async def test_drain_waits_for_everything():
    flush = Flushes()
    gate = coalescer(flush, batch=1)
    futures = [gate.submit(n) for n in range(5)]

    await gate.drain()

    assert [future.result() for future in futures] == [0, 2, 4, 6, 8]
    assert gate.pending == 0
    await gate.drain()  # nothing under way: returns at once


@pytest.mark.parametrize("moment", ["waiting", "flushing"])
async def test_cancellation_leaves_nobody_waiting(moment):
    flush = Flushes()
    flush.gate.clear()
    gate = coalescer(flush, batch=2, wait_seconds=0.0 if moment == "flushing" else 60)
    futures = [gate.submit(n) for n in range(5)]
    await asyncio.sleep(0.01)
    assert len(flush.batches) == (1 if moment == "flushing" else 0)

    gate._runner.cancel()
    done, waiting = await asyncio.wait(futures, timeout=1)

    assert not waiting
    assert all(future.cancelled() for future in done)
    flush.gate.set()
    gate._wait_seconds = 0
    assert await gate.submit(21) == 42, "and it can be used again"


@pytest.fixture
def flushed():
    """The batches that `hasty` has flushed."""
    return []


@pytest.fixture
def hasty(flushed):
    """A gate that waits long for company, but not after an idle time."""

    async def flush(requests):
        flushed.append(requests)
        return requests

    return Coalescer(flush, wait_seconds=60.0, batch=10, idle_seconds=0.0)


async def test_after_an_idle_time_nobody_waits_for_company(hasty, flushed):
    assert await asyncio.wait_for(hasty.submit("first"), 5) == "first"
    await asyncio.sleep(0.001)
    assert await asyncio.wait_for(hasty.submit("second"), 5) == "second"
    assert flushed == [["first"], ["second"]]


async def test_those_of_one_moment_still_share_a_batch(hasty, flushed):
    await asyncio.gather(hasty.submit(1), hasty.submit(2), hasty.submit(3))
    assert flushed == [[1, 2, 3]]


async def test_what_a_newcomer_would_wait_follows_from_queue_and_flushes():
    async def flush(requests):
        await asyncio.sleep(0.05)
        return requests

    gate = coalescer(flush, batch=2)
    assert gate.wait_seconds_expected == 0.0, "nobody is before them"
    for _ in range(8):  # until the smoothed time has come near
        await gate.submit("warm up")

    futures = [gate.submit(n) for n in range(5)]
    assert 0.1 <= gate.wait_seconds_expected < 1.0, "three flushes of some 50 ms"

    await asyncio.gather(*futures)
    assert gate.wait_seconds_expected == 0.0


async def test_a_flush_that_hangs_is_noticed_while_it_does():
    flush = Flushes()
    flush.gate.clear()
    gate = coalescer(flush)
    first = gate.submit(1)
    await asyncio.sleep(0.02)
    later = gate.submit(2)
    await asyncio.sleep(0.05)

    assert 0.05 <= gate.wait_seconds_expected < 2.0

    flush.gate.set()
    await asyncio.gather(first, later)
