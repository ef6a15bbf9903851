"""Free ports on loopback."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from infra.local.ports import LOOPBACK, free_port, port_again, port_from


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_wanted_port_is_taken_if_it_is_free() -> None:
    wanted = free_port()

    assert port_from(wanted) == wanted


def test_a_port_in_use_gives_way_to_a_later_one(taken: int) -> None:
    assert port_from(taken) > taken


def test_a_port_that_is_spoken_for_gives_way_to_a_later_one() -> None:
    wanted = free_port()

    assert port_from(wanted, {wanted}) > wanted


def test_the_port_of_the_last_time_comes_again_if_it_is_free(taken: int) -> None:
    last = free_port()

    assert port_again(last) == last
    assert port_again(taken) != taken


def test_no_port_is_handed_out_twice() -> None:
    assert len({free_port() for _ in range(50)}) == 50


def test_no_port_is_handed_out_by_two_processes() -> None:
    # Given a port that was handed out, and that nobody listens on yet
    given = free_port()
    # When another process would have it again
    ask = f"from infra.local.ports import port_again; print(port_again({given}))"
    other = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, text=True)
    # Then it is given another one
    assert int(other.stdout) != given
