"""An access token holds for its issuer, its audience and its ten minutes, and under our signature alone."""

import base64
import hmac
import json
import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from infra.http.problems import Problem
from schemas.access_token import READ, SCOPES, WRITE
from services.intake.organisations.access_tokens import AUDIENCE, LIFETIME_SECONDS, AccessTokens, Grant, UnknownScope

ISSUER = "https://intake.example"


@pytest.fixture
def tokens(tmp_path: Path) -> AccessTokens:
    return AccessTokens(tmp_path / "key", ISSUER)


def claims(**changed: object) -> dict[str, object]:
    now = int(time.time())
    good = {"iss": ISSUER, "sub": "acme", "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME_SECONDS}
    good |= {"client_id": "acme", "jti": "1", "scope": READ}
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(tokens: AccessTokens, header: dict[str, object] | None = None, **changed: object) -> str:
    head = {"alg": "Ed25519", "typ": "at+jwt"} | (header or {})
    return jwt.encode(head, claims(**changed), tokens._keys.present, algorithms=["Ed25519"])


def refused(tokens: AccessTokens, token: str) -> Problem:
    with pytest.raises(Problem) as problem:
        tokens.grant(token)
    assert problem.value.status == 401
    assert problem.value.headers["WWW-Authenticate"].startswith("Bearer ")
    return problem.value


def test_what_was_issued_names_its_organisation(tokens: AccessTokens) -> None:
    issued = tokens.issue("acme")
    assert tokens.grant(str(issued["access_token"])) == Grant("acme", frozenset(SCOPES))
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", LIFETIME_SECONDS)
    assert tokens.grant(signed(tokens)).tenant == "acme"


def test_the_next_start_takes_the_tokens_of_the_last(tokens: AccessTokens, tmp_path: Path) -> None:
    token = str(tokens.issue("acme")["access_token"])
    assert AccessTokens(tmp_path / "key", ISSUER).grant(token).tenant == "acme"


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": int(time.time()) - 3600},
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"sub": None},
        {"client_id": None},
        {"jti": None},
        {"iat": None},
        {"scope": None},
        {"exp": None},
        {"iss": None},
    ],
    ids=[
        "expired",
        "wrong issuer",
        "wrong audience",
        "no subject",
        "no client",
        "no id",
        "no time",
        "no scope",
        "no end",
        "no issuer",
    ],
)
def test_a_token_with_a_wrong_claim_does_not_hold(tokens: AccessTokens, changed: dict[str, object]) -> None:
    refused(tokens, signed(tokens, **changed))


def test_a_signed_token_of_another_type_does_not_hold(tokens: AccessTokens) -> None:
    assert "typ" in refused(tokens, signed(tokens, {"typ": "JWT"})).detail


def test_a_token_under_another_key_does_not_hold(tokens: AccessTokens, tmp_path: Path) -> None:
    refused(tokens, str(AccessTokens(tmp_path / "other", ISSUER).issue("acme")["access_token"]))
    foreign = jwt.encode({"alg": "Ed25519"}, claims(), OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"])
    refused(tokens, foreign)


def test_a_token_signed_with_the_public_key_as_a_secret_does_not_hold(tokens: AccessTokens) -> None:
    said = f"{part({'alg': 'HS256', 'typ': 'at+jwt'})}.{part(claims())}"
    signature = hmac.digest(tokens._keys.present.as_pem(private=False), said.encode(), "sha256")
    refused(tokens, f"{said}.{part(signature)}")


def part(document: object) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_token_without_a_signature_does_not_hold(tokens: AccessTokens) -> None:
    refused(tokens, f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{part(claims())}.")


@pytest.mark.parametrize(
    "token",
    ["", "CANARY", "a.b.c", "CANARY.CANARY.CANARY", "é.é.é", f"{part(b'[' * 5_000)}.{part(b'{}')}.", "\udcff.a.b"],
    ids=["empty", "one part", "no base64", "no JSON", "no ASCII", "nested without end", "no UTF-8"],
)
def test_what_is_no_token_does_not_hold_and_is_not_repeated(tokens: AccessTokens, token: str) -> None:
    assert "CANARY" not in str(refused(tokens, token).document())


def test_a_token_is_for_the_scopes_that_were_asked_for(tokens: AccessTokens) -> None:
    issued = tokens.issue("acme", f"{READ} {READ}")
    assert issued["scope"] == READ
    assert tokens.grant(str(issued["access_token"])) == Grant("acme", frozenset({READ}))
    with pytest.raises(UnknownScope, match=WRITE):
        tokens.issue("acme", "everything")


def test_after_a_rotation_both_keys_hold_and_after_the_next_the_first_does_not(
    tokens: AccessTokens, tmp_path: Path
) -> None:
    # Given a token, and a rotation, beside another instance
    neighbour = AccessTokens(tmp_path / "key", ISSUER)
    first = str(tokens.issue("acme")["access_token"])
    kid = tokens.rotate()
    # Then both keys are published under their names, and hold, there and after a new start too
    published = tokens.published()["keys"]
    assert published[0]["kid"] == kid
    assert len({key["kid"] for key in published}) == 2
    assert not any("d" in key for key in published), "no private part is told"
    second = str(tokens.issue("acme")["access_token"])
    for holder in (tokens, neighbour, AccessTokens(tmp_path / "key", ISSUER)):
        assert [holder.grant(token).tenant for token in (first, second)] == ["acme", "acme"]
    # When it is rotated once more, the first is over
    tokens.rotate()
    assert tokens.grant(second).tenant == "acme"
    refused(tokens, first)
