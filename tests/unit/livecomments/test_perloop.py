"""One of a kind for each event loop."""

import asyncio
import gc
import weakref

from livecomments.perloop import PerLoop


class Thing:
    """Something that belongs to one loop."""


def test_loop_finds_its_own_again():
    things = PerLoop(Thing)

    async def twice():
        return things(), things()

    one, again = asyncio.run(twice())
    assert one is again


def test_another_loop_has_another():
    things = PerLoop(Thing)

    async def ask():
        return things()

    assert asyncio.run(ask()) is not asyncio.run(ask())


def test_what_was_let_go_is_made_anew():
    things = PerLoop(Thing)

    async def let_go():
        first = things()
        return first, things.let_go(), things(), things.let_go(), things.let_go()

    first, gone, second, gone_too, nothing = asyncio.run(let_go())
    assert gone is first
    assert second is not first
    assert gone_too is second
    assert nothing is None


def test_it_goes_with_its_loop():
    things = PerLoop(Thing)

    async def ask():
        return weakref.ref(things())

    left = asyncio.run(ask())
    gc.collect()
    assert left() is None
