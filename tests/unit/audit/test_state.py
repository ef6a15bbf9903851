"""The state file comes back as it was written, or is refused."""

import pytest

from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.state import State, StateError
from tests.unit.audit.examples import SIGNER, VKEY

STATE = State(
    VKEY,
    size=7,
    root=b"r" * 32,
    previous=5,
    marks={"b": 1, "a": 2},
    offsets={"a": 3},
    checkpoint=Checkpoint(VKEY.name, 5, b"q" * 32).sign(SIGNER),
)


def test_the_state_comes_back():
    assert State.parse(STATE.encode()) == STATE


def test_every_flipped_byte_is_refused():
    data = STATE.encode()
    for at in range(len(data)):
        with pytest.raises(StateError):
            State.parse(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", STATE.encode()[:-20]])
def test_a_damaged_file_is_refused(data):
    with pytest.raises(StateError, match=r"state\.json"):
        State.parse(data)


def test_a_log_behind_its_own_checkpoint_is_refused():
    rolled_back = State(VKEY, size=3, root=b"r" * 32, checkpoint=STATE.checkpoint)
    with pytest.raises(StateError, match="a checkpoint of 5 is signed"):
        State.parse(rolled_back.encode())
