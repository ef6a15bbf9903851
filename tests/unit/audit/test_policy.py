"""Policies of witnesses: the format of Sigsum with vkeys, and what a quorum asks for."""

import itertools

import pytest

from services.audit.witness.cosignature import WitnessKey, WitnessSigner
from services.audit.witness.policy import PolicyError, parse_policy
from tests.unit.audit.examples import VECTORS, VKEY

KEYS = {name: WitnessSigner(f"witness.example/{name}", name.encode() * 32).verifier() for name in "abc"}
RENAMED = WitnessKey("other.name", KEYS["a"].public)
HEAD = f"""# who watches us
log {VKEY.encode()}
  # ours
witness a {KEYS["a"].encode()} https://a.example/prefix/
witness b {KEYS["b"].encode()} http://b.example
witness c {KEYS["c"].encode()}
"""


def satisfying(policy: str) -> set[str]:
    """The sets of witnesses, as words, that satisfy the policy."""
    parsed = parse_policy((HEAD + policy).encode())
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
    policy = parse_policy((HEAD + "quorum none").encode())
    assert policy.witnesses["a"].url == "https://a.example/prefix"
    assert policy.witnesses["c"].url is None
    assert policy.keys == tuple(KEYS.values())
    assert policy.missing([KEYS["b"]]) == ["a", "c"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "quorum"),
        ("quorum d", "line 8: no witness or group d"),
        ("quorum a\nquorum b", "line 9: must be"),
        ("group g 0 a\nquorum g", "from 1 to 1"),
        ("group g 3 a b\nquorum g", "from 1 to 2"),
        ("group g some a b\nquorum g", "not some"),
        ("group g any\nquorum g", "must be"),
        ("group a any b\nquorum a", "the name a is taken"),
        ("group g 2 a a\nquorum g", "a is named as a member twice"),
        ("group g any a b\ngroup h any b c\ngroup k all g h\nquorum k", "b is named as a member twice"),
        ("group g \u0662 a b\nquorum g", "from 1 to 2"),
        (f"witness d {RENAMED.encode()}\nquorum a", "of another witness"),
        (f"log {VKEY.encode()} https://log.example\nquorum a", "of another log"),
        (f"log {VKEY.encode()} https://log.example more\nquorum a", "must be"),
        (f"witness none {KEYS['a'].encode()}\nquorum a", "the name none is taken"),
        (f"witness d {KEYS['a'].encode()}\nquorum a", "already that of another"),
        (f"witness d {WitnessSigner('d', bytes(32)).verifier().encode()} ftp://d\nquorum a", "http or https"),
        (f"witness d {VKEY.encode()}\nquorum a", "type 0x04"),
        ("sponsor x", "must be"),
    ],
)
def test_a_policy_that_cannot_be_read_names_its_line(line, reason):
    with pytest.raises(PolicyError, match=reason):
        parse_policy((HEAD + "\n" + line).encode())


def test_a_key_of_each_type_that_cosigns_may_stand_in_a_policy():
    *_, quantum_proof = (VECTORS / "keys").read_text().split()
    policy = parse_policy(f"witness a {quantum_proof}\nquorum a".encode())
    assert policy.satisfied_by([WitnessKey.parse(quantum_proof)])
    assert not policy.satisfied_by([])


def test_lines_are_parted_by_spaces_and_tabs_alone_and_what_is_not_ascii_is_told_apart_byte_by_byte():
    key = KEYS["a"].encode().encode()
    name = "\u212a\u00a0".encode()
    spaced = b" \t witness " + name + b" \t " + key + b"\t\n \t# K is another name\n\nquorum " + name + b"\n"
    assert list(parse_policy(spaced).witnesses) == [name.decode()]
    with pytest.raises(PolicyError, match="no witness or group K"):
        parse_policy(b"witness \xff " + key + b"\nquorum K")
    for control in b"\r\x00\x0b\x7f":
        with pytest.raises(PolicyError, match="line 2: holds a control character"):
            parse_policy(b"quorum none\n# " + bytes([control]))


def test_a_number_sign_within_a_line_is_part_of_a_word():
    assert list(parse_policy(f"witness a#1 {KEYS['a'].encode()}\nquorum a#1".encode()).witnesses) == ["a#1"]


@pytest.mark.parametrize(
    ("quorum", "reachable"),
    [("quorum none", True), ("quorum a", True), ("quorum c", False), ("group g 3 a b c\nquorum g", False)],
)
def test_a_quorum_that_those_who_are_asked_cannot_give_is_said(quorum, reachable):
    policy = parse_policy((HEAD + quorum).encode())
    if reachable:
        policy.check_reachable()
        return
    with pytest.raises(PolicyError, match="can never be reached: nobody is asked at a url for c"):
        policy.check_reachable()
