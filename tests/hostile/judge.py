"""`python -m tests.hostile.judge ADDRESS AT_ONCE [CASES…]`: what `kosoku` says, as JSON. Async.

In a process of its own: the suite brings its own `autobahn`, Daphne has the real one.
"""

import asyncio
import json
import os
import sys

from kosoku import FailureError, run_fuzzingclient


async def judge(address, at_once, cases):
    """Returns `(behaviour, behaviour at the close, what was said)` by case; no cases: all."""
    try:
        results = await run_fuzzingclient(address, cases or None, None, concurrency=at_once)
    except FailureError as error:
        results = error.results
    return {
        result.case_id: (result.behavior.value, result.behavior_close.value, result.result)
        for result in results
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(judge(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))), flush=True)
    # One time in three the suite's extension aborts while the interpreter is taken down, after
    # everything was said: `returncode` would speak of that and not of the judging.
    os._exit(0)
