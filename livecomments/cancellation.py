"""Loops that end when they are told to. Sync.

redis-py can swallow a cancellation that arrives while it looks whether an idle connection still
lives. A loop that then went on would hold a lease for ever and hang every shutdown, so each round
asks the task itself.
"""

import asyncio


def stop_if_cancelled() -> None:
    """Raise `CancelledError` when the current task was told to end; call it in each round."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
