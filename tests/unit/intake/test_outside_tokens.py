"""Tokens of an issuer outside open what its configuration names, and nothing else."""

import json
import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from infra.http.outside import Outside
from infra.http.problems import Problem
from schemas.access_token import READ
from services.intake.organisations.access_tokens import AUDIENCE, AccessTokens, Grant
from services.intake.organisations.outside_tokens import TrustedTokens, read_issuers

ISSUER = "https://login.acme.example"


@pytest.fixture
def key() -> ECKey:
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    return key


@pytest.fixture
def own(tmp_path: Path) -> AccessTokens:
    return AccessTokens(tmp_path / "key", "https://intake.example")


@pytest.fixture
def trusted(tmp_path: Path, key: ECKey, own: AccessTokens) -> TrustedTokens:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    configured = {"issuer": ISSUER, "keys": "keys.json", "organisations": {"hr-platform": "acme"}}
    (tmp_path / "issuers.json").write_text(json.dumps([configured]))
    return TrustedTokens(own, read_issuers(tmp_path / "issuers.json", Outside()))


def token(key: ECKey, typ: str = "at+jwt", **changed: object) -> str:
    now = int(time.time())
    good = {"iss": ISSUER, "sub": "x", "aud": AUDIENCE, "iat": now, "exp": now + 60, "client_id": "hr-platform"}
    claims = {
        name: value for name, value in (good | {"scope": f"{READ} email"} | changed).items() if value is not None
    }
    return jwt.encode({"alg": "ES256", "typ": typ, "kid": key.kid}, claims, key)


def test_a_client_of_a_configured_issuer_is_its_organisation_with_the_scopes_that_there_are(
    trusted: TrustedTokens, key: ECKey
) -> None:
    assert trusted.grant(token(key)) == Grant("acme", frozenset({READ}))


def test_our_own_tokens_hold_beside_them(trusted: TrustedTokens, own: AccessTokens) -> None:
    assert trusted.grant(str(own.issue("globex")["access_token"])).tenant == "globex"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "globex"},
        {"client_id": None},
        {"iss": "https://intake.example"},
        {"iss": "https://login.globex.example"},
        {"aud": "somebody-else"},
        {"exp": 1},
        {"scope": None},
        {"typ": "JWT"},
    ],
)
def test_what_its_configuration_does_not_name_does_not_hold(
    trusted: TrustedTokens, key: ECKey, changed: dict[str, object]
) -> None:
    with pytest.raises(Problem) as refused:
        trusted.grant(token(key, **changed))
    assert refused.value.status == 401


def test_a_token_under_another_key_or_a_shared_secret_does_not_hold(trusted: TrustedTokens, key: ECKey) -> None:
    public = OctKey.import_key(json.dumps(key.as_dict(private=False)))
    by_secret = jwt.encode({"alg": "HS256", "typ": "at+jwt"}, {"iss": ISSUER}, public)
    another = ECKey.generate_key("P-256", {"kid": str(key.kid)})
    for forged in (token(another), by_secret, "", "a.b.c", token(key)[:-4]):
        with pytest.raises(Problem):
            trusted.grant(forged)


def test_a_configuration_with_an_unknown_member_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "issuers.json"
    place.write_text('[{"issuer": "x", "keys": "k", "organisations": {}, "trust": "all"}]')
    with pytest.raises(ValueError, match="trust"):
        read_issuers(place, Outside())
