"""When Python looks for reference cycles in a server process. Sync around the standard `gc`.

A full collection visits every object: with Django and some thousand sockets in memory it stops the
event loop for a quarter of a second, and by itself it comes whenever enough has been allocated.
Here what was loaded at the start is left out for good, and full collections come seldom and at a
time of our choosing. What comes and goes by the thousand, sockets above all, is built so that it
is freed without the collector (docs/DECISIONS.md, "Garbage collection").
"""

import gc
import logging
import time

logger = logging.getLogger(__name__)

FULL_COLLECTION_SECONDS = 600.0
_YOUNG, _MIDDLE, _NEVER = 10_000, 20, 1_000_000


def settle() -> None:
    """Leave all that lives now to itself, and switch automatic full collections off.

    Call once, when everything has been imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


def collect() -> None:
    """Find the cycles that have gathered; call every `FULL_COLLECTION_SECONDS`."""
    began = time.perf_counter()
    found = gc.collect()
    logger.debug("%d objects in cycles, %.0f ms", found, (time.perf_counter() - began) * 1000)
