"""A log goes on under a new key: same name, same entries, and one checkpoint that both keys have signed.

That checkpoint is the hand-over: whoever trusts the old key sees the new one beside it. Proofs made before verify
with the old key for ever. Interrupted anywhere, it is done to its end when it is asked for again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from infra.crypto.root_key import read_secret, secret_made_once
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.note import SignerKey, VerifierKey
from services.audit.tlog.places import storage_at
from services.audit.tlog.state import PATH, State
from services.audit.tlog.storage import Storage
from services.audit.tlog.stored import WITNESSED_DIRECTORY, load_state, no_log


class KeyChangeError(ValueError):
    """The key cannot be changed; says why."""


def change_key(place: str | Path, key_file: Path) -> tuple[VerifierKey, VerifierKey]:
    """Give the log at this place a new key; gives the old and the new one.

    The new private key takes the place of `key_file`, the old one stays beside it as `<key_file>.<its id>`. Raises
    LockedError while audit runs, KeyChangeError or OSError.
    """
    storage = storage_at(place)
    with storage.alone("appender"):
        state = load_state(storage)
        if state is None:
            raise no_log(place)
        current = _read(key_file)
        next_file = key_file.with_name(key_file.name + ".next")
        secret = secret_made_once(next_file, SignerKey.generate(current.name).encode().encode())
        fresh = SignerKey.parse(secret.decode())
        if state.key == current.verifier():
            _hand_over(storage, state, current, fresh)
        elif state.key != fresh.verifier():
            raise KeyChangeError(f"{key_file} is {current.verifier().encode()}, this log is of {state.key.encode()}")
        old_file = key_file.with_name(f"{key_file.name}.{current.verifier().id.hex()}")
        secret_made_once(old_file, current.encode().encode())
        next_file.replace(key_file)
        return current.verifier(), fresh.verifier()


def _hand_over(storage: Storage, state: State, current: SignerKey, fresh: SignerKey) -> None:
    """Commit a state of the new key whose checkpoint both have signed."""
    signed = Checkpoint(current.name, state.size, state.root).sign(fresh, current)
    former = (*state.former, current.verifier())
    # What was witnessed was signed by the old key alone; the next round brings it anew.
    storage.remove_tree(WITNESSED_DIRECTORY)
    storage.replace(PATH, replace(state, key=fresh.verifier(), checkpoint=signed, former=former).encode())


def _read(path: Path) -> SignerKey:
    return SignerKey.parse(read_secret(path).decode())
