"""A receipt is verified by anyone, offline; whoever changes one byte of it proves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import rfc8785
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.consent.cli import receipt as commands
from services.consent.erasure.receipt import Destroyed, LogPlace, NotVerified, Receipt, as_pem, from_pem, sign, verify

T = datetime(2026, 11, 23, 18, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECEIPT = Receipt(
    request="5f" * 16,
    stage="complete",
    requested_at=T,
    erased_at=T,
    issued_at=T,
    last_write=T,
    epoch_ends=T + timedelta(days=61),
    epoch=1,
    destroyed=(Destroyed("intake", {"results": 3}, T), Destroyed("consent", {"data_keys": 1}, T)),
    log=LogPlace(41, "careerpulse/log/0\n42\n"),
)
SIGNED = sign(RECEIPT, KEY)


def test_it_is_canonical_json_and_verifies_with_the_published_key() -> None:
    verified = verify(SIGNED, from_pem(as_pem(KEY.public_key())))
    assert rfc8785.dumps(orjson.loads(SIGNED)) == SIGNED
    assert (verified.document["stage"], verified.pinned) == ("complete", True)


def test_it_states_when_the_unreadable_copies_are_gone() -> None:
    # 7 days of retention, an hour of segment, 5 minutes of checking, a minute of delay where nobody says otherwise
    assert gone_by(RECEIPT) == {
        "kafka": "2026-11-30T19:06:00Z",
        "kafka_settings": "assumed",
        "backups": "2027-01-23T18:00:00Z",
    }
    # what the broker says, and no date where none is scheduled
    assert gone_by(replace(RECEIPT, kafka_kept=timedelta(days=2), epoch_ends=None)) == {
        "kafka": "2026-11-25T18:00:00Z",
        "kafka_settings": "read",
        "backups": None,
    }


def test_as_long_as_a_service_may_write_under_the_key_no_day_is_stated_for_the_topics() -> None:
    assert gone_by(replace(RECEIPT, stage="revoked", last_write=None))["kafka"] is None


def gone_by(receipt: Receipt) -> dict[str, str | None]:
    return receipt.document("0" * 16)["unreadable_copies_gone_by"]


@pytest.mark.parametrize(
    "change",
    [
        (b'"data_keys":1', b'"data_keys":0'),
        (b'"stage":"complete"', b'"stage":"revoked"'),
        (b'"index":41', b'"index":40'),
    ],
)
def test_a_changed_receipt_proves_nothing(change: tuple[bytes, bytes]) -> None:
    assert change[0] in SIGNED
    with pytest.raises(NotVerified, match="changed"):
        verify(SIGNED.replace(*change))


def test_a_receipt_signed_by_another_key_proves_nothing() -> None:
    other = Ed25519PrivateKey.generate()
    with pytest.raises(NotVerified, match="signed by a key that is not"):
        verify(sign(RECEIPT, other), KEY.public_key())


def test_a_key_put_in_beside_the_signature_does_not_help() -> None:
    forged = orjson.loads(sign(RECEIPT, Ed25519PrivateKey.generate()))
    forged["receipt"]["key_id"] = orjson.loads(SIGNED)["receipt"]["key_id"]
    with pytest.raises(NotVerified):
        verify(orjson.dumps(forged), KEY.public_key())
    with pytest.raises(NotVerified):
        verify(orjson.dumps(forged))


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"null", b'{"receipt":{},"signature":[]}', SIGNED[:-40], b"\xff"]
)
def test_what_is_no_receipt_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotVerified):
        verify(text)


def test_another_kind_of_key_is_refused() -> None:
    foreign = X25519PrivateKey.generate().public_key()
    pem = foreign.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for file in (pem, b"no key"):
        with pytest.raises(NotVerified):
            from_pem(file)


def test_the_command_says_yes_with_0_and_no_with_1(tmp_path: Path) -> None:
    good, bad, key = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "key.pem"
    good.write_bytes(SIGNED)
    bad.write_bytes(SIGNED.replace(b'"index":41', b'"index":40'))
    key.write_bytes(as_pem(KEY.public_key()))
    said = CliRunner().invoke(commands, ["verify", str(good), "--key", str(key)])
    denied = CliRunner().invoke(commands, ["verify", str(bad)])
    assert (said.exit_code, denied.exit_code) == (0, 1)
    assert "checked against the key given" in said.output
    assert "changed" in denied.output


def test_the_command_never_says_yes_to_a_receipt_that_anybody_may_have_signed(tmp_path: Path) -> None:
    forged, key = tmp_path / "forged.json", tmp_path / "key.pem"
    forged.write_bytes(sign(RECEIPT, Ed25519PrivateKey.generate()))
    key.write_bytes(as_pem(KEY.public_key()))
    unknown = CliRunner().invoke(commands, ["verify", str(forged)])
    foreign = CliRunner().invoke(commands, ["verify", str(forged), "--key", str(key)])
    assert (unknown.exit_code, foreign.exit_code) == (2, 1)
    assert "may be anybody" in unknown.output
    assert "signed by a key that is not" in foreign.output
