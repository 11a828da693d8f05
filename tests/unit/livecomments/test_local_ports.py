"""The port of a run: one run of an account has it, from before anything listens on it."""

import subprocess
import sys

import pytest

from livecomments.local.ports import free_port, is_free, require_free
from livecomments.local.problems import LocalProblem

TAKE = "from livecomments.local.ports import require_free; require_free({}); print('mine', flush=1)"


def test_of_two_runs_at_once_one_has_the_port():
    port = free_port()
    other = subprocess.Popen(
        [sys.executable, "-c", f"{TAKE.format(port)}; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout.readline() == "mine\n"
        assert is_free(port)  # nobody listens yet
        with pytest.raises(LocalProblem, match=f"Port {port} is taken"):
            require_free(port)
        other.communicate("\n", timeout=60)

    require_free(port)  # what has ended keeps nothing
