"""Tokens of an issuer outside open what its configuration names, and nothing else."""

import json
import re
import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from infra.http.outside import Outside
from infra.http.problems import Problem
from schemas.access_token import READ
from services.intake.organisations.access_tokens import AUDIENCE, AccessTokens, Grant
from services.intake.organisations.outside_tokens import ALGORITHMS, TrustedTokens, read_issuers

ISSUER = "https://login.acme.example"
PAGE = Path(__file__).parents[3] / "docs" / "http.md"
Key = ECKey | OKPKey | RSAKey
KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048),
    "PS256": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
}


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
    return trusting(tmp_path, key, own)


def trusting(tmp_path: Path, key: Key, own: AccessTokens) -> TrustedTokens:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    configured = {"issuer": ISSUER, "keys": "keys.json", "organisations": {"hr-platform": "acme"}}
    (tmp_path / "issuers.json").write_text(json.dumps([configured]))
    return TrustedTokens(own, read_issuers(tmp_path / "issuers.json", Outside()))


def token(key: Key, typ: str = "at+jwt", alg: str = "ES256", **changed: object) -> str:
    now = int(time.time())
    good = {"iss": ISSUER, "sub": "x", "aud": AUDIENCE, "iat": now, "exp": now + 60, "client_id": "hr-platform"}
    claims = {
        name: value for name, value in (good | {"scope": f"{READ} email"} | changed).items() if value is not None
    }
    return jwt.encode({"alg": alg, "typ": typ, "kid": key.kid}, claims, key, algorithms=[alg])


def test_a_client_of_a_configured_issuer_is_its_organisation_with_the_scopes_that_there_are(
    trusted: TrustedTokens, key: ECKey
) -> None:
    assert trusted.grant(token(key)) == Grant("acme", frozenset({READ}))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_holds_by_each_algorithm_that_is_documented(
    tmp_path: Path, own: AccessTokens, algorithm: str
) -> None:
    key = KEYS[algorithm]
    key.ensure_kid()
    granted = trusting(tmp_path, key, own).grant(token(key, alg=algorithm))
    assert granted == Grant("acme", frozenset({READ}))


def test_the_page_names_the_algorithms_that_are_taken_and_no_other() -> None:
    named = re.search(r"signed with (`RS256`.*?) as it was called", PAGE.read_text(), re.DOTALL)
    assert named is not None
    assert re.findall("`(.+?)`", named[1]) == ALGORITHMS == list(KEYS)


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
