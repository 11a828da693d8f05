"""A few lines that run in a new child before the program it shall become. Sync, stdlib only.

The child drops its rights to the given account, asks the kernel for a signal at its parent's death
(so that even a supervisor killed with SIGKILL leaves nothing behind), and turns into the program.
A separate script, because code between fork and exec may deadlock in a parent that has threads.

usage: launcher.py PARENT_PID DEATH_SIGNAL UID:GID|- PROGRAM [ARGUMENT…]
"""

import ctypes
import os
import sys

# From linux/prctl.h.
PR_SET_PDEATHSIG = 1


def drop_rights(account: str) -> None:
    """Makes this process the given account's; it must be root's until then."""
    uid, gid = map(int, account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def end_with_parent(parent: int, death_signal: int) -> None:
    """Asks for the signal at the parent's death; ends at once when that has already happened."""
    if not sys.platform.startswith("linux"):
        return
    # After drop_rights: the kernel forgets the wish when the account changes.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Becomes the program."""
    parent, death_signal, account, *program = arguments
    if account != "-":
        drop_rights(account)
    end_with_parent(int(parent), int(death_signal))
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
