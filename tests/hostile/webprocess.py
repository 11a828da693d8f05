"""A web process that also counts what it holds, so that what was left behind is seen. Async.

`python -m tests.hostile.webprocess --port …`: that of the benchmarks, whose answer to SIGUSR1 also
says how many tasks, sockets, members and counted holders there are.
"""

import asyncio
import json
import sys

from livecomments.gateway import __main__ as gateway
from livecomments.gateway.crowding import crowding
from livecomments.gateway.hub import hub
from livecomments.gateway.lifecycle import lifecycle
from tests.load import webprocess


class Census(webprocess.Sampler):
    """Writes the census beside the delays."""

    def _write(self):
        census = {
            "tasks": len(asyncio.all_tasks()),
            "members": len(hub().members),
            "seats": sum(len(room.members) for room in hub().rooms.values()),
            "sockets": len(lifecycle().sockets),
            "counted": crowding().here.total(),
        }
        self._file.with_suffix(".census").write_text(json.dumps(census))
        super()._write()


webprocess.Sampler = Census

if __name__ == "__main__":
    sys.exit(gateway.main())
