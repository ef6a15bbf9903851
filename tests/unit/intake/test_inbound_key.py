"""The key that platforms seal to is rotated with an overlap in which nothing that is under way is lost."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter

from infra.clock import now
from infra.http.body import BODY_BYTES
from services.intake.direct.sealing import OVERLAP, InboundKey, NotSealed, TooEarly

REGISTRY = JWERegistry(
    header_registry={"iss": HeaderParameter("Issuer", "str", required=True)}, algorithms=["ECDH-ES", "A256GCM"]
)


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock(now())


@pytest.fixture
def key(tmp_path: Path, clock: Clock) -> InboundKey:
    return InboundKey(tmp_path / "inbound", clock)


def sealed(key: InboundKey, body: bytes) -> bytes:
    """As a platform does, to the one key that is published."""
    (published,) = key.published()["keys"]
    assert "d" not in published
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "iss": "acme", "kid": published["kid"]}
    return jwe.encrypt_compact(header, body, ECKey.import_key(published), registry=REGISTRY).encode()


def test_what_was_sealed_before_a_rotation_opens_after_it_at_every_instance(
    key: InboundKey, tmp_path: Path, clock: Clock
) -> None:
    # Given two instances, and a record that is under way
    neighbour, before = InboundKey(tmp_path / "inbound", clock), sealed(key, b"1")
    # When the key is rotated at one of them
    named = key.rotate()
    # Then both publish the new one, and open what was sealed to either
    for one in (key, neighbour, InboundKey(tmp_path / "inbound", clock)):
        assert [published["kid"] for published in one.published()["keys"]] == [named]
        assert [one.opened(value, "acme") for value in (before, sealed(one, b"2"))] == [b"1", b"2"]


def test_a_key_is_rotated_again_only_when_nothing_sealed_to_the_former_one_is_left(
    key: InboundKey, clock: Clock
) -> None:
    first = sealed(key, b"1")
    key.rotate()
    clock.at += OVERLAP - timedelta(minutes=1)
    with pytest.raises(TooEarly, match="until 20"):
        key.rotate()
    assert key.opened(first, "acme") == b"1"
    clock.at += timedelta(minutes=2)
    key.rotate()
    with pytest.raises(NotSealed):
        key.opened(first, "acme")


@pytest.mark.parametrize(
    "changed",
    [{"crv": "P-999"}, {"crv": "X25519"}, {"crv": "P-521"}, {"crv": None}, {"x": "AA"}, {"x": 5}, {"kty": "oct"}],
    ids=str,
)
def test_whatever_stands_in_the_sealed_header_it_opens_or_it_does_not(
    key: InboundKey, changed: dict[str, str]
) -> None:
    header, *parts = sealed(key, b"1").split(b".")
    told = json.loads(base64.urlsafe_b64decode(header + b"=="))
    told["epk"] |= changed
    forged = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=")
    with pytest.raises(NotSealed):
        key.opened(b".".join([forged, *parts]), "acme")


def test_what_is_packed_before_it_is_sealed_is_not_unpacked(key: InboundKey) -> None:
    (published,) = key.published()["keys"]
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "iss": "acme", "zip": "DEF"}
    packing = JWERegistry(
        header_registry={"iss": HeaderParameter("Issuer", "str")}, algorithms=["ECDH-ES", "A256GCM", "DEF"]
    )
    bomb = jwe.encrypt_compact(header, b" " * 10_000_000, ECKey.import_key(published), registry=packing)
    with pytest.raises(NotSealed):
        key.opened(bomb.encode(), "acme")


def test_what_may_be_handed_in_by_http_may_be_sealed(key: InboundKey) -> None:
    largest = b" " * BODY_BYTES
    assert key.opened(sealed(key, largest), "acme") == largest
