"""Policies of witnesses: the format of Sigsum with vkeys, and what a quorum asks for."""

import itertools

import pytest

from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.policy import PolicyError, parse_policy
from tests.unit.audit.examples import VKEY

KEYS = {name: WitnessSigner(f"witness.example/{name}", name.encode() * 32).verifier() for name in "abc"}
HEAD = f"""# who watches us
log {VKEY.encode()}
witness a {KEYS["a"].encode()} https://a.example/prefix/   # ours
witness b {KEYS["b"].encode()} http://b.example
witness c {KEYS["c"].encode()}
"""


def satisfying(policy: str) -> set[str]:
    """The sets of witnesses, as words, that satisfy the policy."""
    parsed = parse_policy(HEAD + policy)
    subsets = [chosen for size in range(4) for chosen in itertools.combinations("abc", size)]
    return {"".join(chosen) for chosen in subsets if parsed.satisfied_by([KEYS[name] for name in chosen])}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("quorum none", {"", "a", "b", "c", "ab", "ac", "bc", "abc"}),
        ("quorum a", {"a", "ab", "ac", "abc"}),
        ("group g any a b\nquorum g", {"a", "b", "ab", "ac", "bc", "abc"}),
        ("group g all a b\nquorum g", {"ab", "abc"}),
        ("group g 2 a b c\nquorum g", {"ab", "ac", "bc", "abc"}),
        ("group g any a b\ngroup h all g c\nquorum h", {"ac", "bc", "abc"}),
    ],
)
def test_a_quorum_is_satisfied_by_these_cosignatures(policy, expected):
    assert satisfying(policy) == expected


def test_a_witness_has_a_key_and_perhaps_an_address():
    policy = parse_policy(HEAD + "quorum none")
    assert policy.witnesses["a"].url == "https://a.example/prefix"
    assert policy.witnesses["c"].url is None
    assert policy.keys == tuple(KEYS.values())
    assert policy.missing([KEYS["b"]]) == ["a", "c"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "quorum"),
        ("quorum d", "line 7: no witness or group d"),
        ("quorum a\nquorum b", "line 8: must be"),
        ("group g 0 a\nquorum g", "from 1 to 1"),
        ("group g 3 a b\nquorum g", "from 1 to 2"),
        ("group g some a b\nquorum g", "not some"),
        ("group g any\nquorum g", "must be"),
        ("group a any b\nquorum a", "the name a is taken"),
        ("group g 2 a a\nquorum g", "twice"),
        (f"witness none {KEYS['a'].encode()}\nquorum a", "the name none is taken"),
        (f"witness d {KEYS['a'].encode()}\nquorum a", "already that of another"),
        (f"witness d {WitnessSigner('d', bytes(32)).verifier().encode()} ftp://d\nquorum a", "http or https"),
        (f"witness d {VKEY.encode()}\nquorum a", "type 0x04"),
        ("sponsor x", "must be"),
    ],
)
def test_a_policy_that_cannot_be_read_names_its_line(line, reason):
    with pytest.raises(PolicyError, match=reason):
        parse_policy(HEAD + "\n" + line)
