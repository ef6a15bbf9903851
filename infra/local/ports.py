"""Free TCP ports on loopback."""

import socket
from collections.abc import Container

LOOPBACK = "127.0.0.1"
_marked: set[int] = set()
"""The ports that this process has handed out. The UDP socket of the same number tells other processes."""


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free for a listener
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that the system calls free, and that no process which lives was given here before.

    Whoever asked for it binds it later; until then the system would give it to the next who asks.
    """
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if _mark(port):
            return port


def port_from(wanted: int, taken: Container[int] = ()) -> int:
    """`wanted` if it is free and not in `taken`, else the next such port after it."""
    for port in range(wanted, 65536):
        if port not in taken and _is_free(port):
            return port
    raise OSError(f"no TCP port is free from {wanted} to 65535")


def port_again(last: int | None) -> int:
    """The port of the last time if it is still free and nobody else was given it, else any free one."""
    return last if last is not None and _is_free(last) and (last in _marked or _mark(last)) else free_port()


def _mark(port: int) -> bool:
    """Hold a port's number as long as this process lives; False where it is held."""
    mark = socket.socket(type=socket.SOCK_DGRAM)
    try:
        mark.bind((LOOPBACK, port))
    except OSError:
        mark.close()
        return False
    mark.detach()  # nobody closes it: it is held to the end of the process
    _marked.add(port)
    return True
