"""Whether the machine is quiet enough to be measured; printed with every figure that depends on it."""

import os
import time

QUIET = 0.5
_WAIT_SECONDS = 2.0


def busy() -> float:
    """The share of all cores that was busy in the last two seconds, 0 to 1; 0 where the system does not tell."""
    before = _ticks()
    time.sleep(_WAIT_SECONDS)
    after = _ticks()
    idle, total = (now - then for then, now in zip(before, after, strict=True))
    return 1 - idle / total if total else 0.0


def state() -> str:
    """One line to stand beside the figures."""
    share = busy()
    said = "quiet" if share < QUIET else "NOT QUIET: other work shares the cores, these are upper bounds"
    return f"machine: {os.cpu_count()} cores, {share:.0%} busy before the start, {said}"


def _ticks() -> tuple[int, int]:
    try:
        with open("/proc/stat") as stat:  # noqa: PTH123 - not a file of ours
            ticks = [int(value) for value in stat.readline().split()[1:9]]
    except FileNotFoundError:
        return 0, 0
    return ticks[3] + ticks[4], sum(ticks)
