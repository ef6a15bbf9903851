"""Run a command that ends with its parent, whatever ends the parent.

Executed as a script, this file ties itself to its parent by prctl(2) PR_SET_PDEATHSIG and becomes the command
by execvp(3), so the command keeps the process id. A `preexec_fn` would do the same, but runs Python between
fork and exec of a process that has threads. Linux only; elsewhere the command runs untied.

The kernel's "parent" is the thread that forked: start commands from a thread that lives as long as they do.
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def tethered(argv: Sequence[str], user: str = "") -> tuple[str, ...]:
    """The command line that runs `argv` tied to this process, as `user` if one is named (takes root)."""
    return (sys.executable, "-I", "-S", __file__, str(os.getpid()), user, *argv)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _tie(parent: int) -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent ended before its command began")


def _main() -> None:
    parent, user, *command = sys.argv[1:]
    if user:
        _become(user)  # first, because a change of user unties
    _tie(int(parent))
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is given as a list, no shell has a part in it
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    _main()
