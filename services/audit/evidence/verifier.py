"""Verifies a pack of evidence, offline, without trusting whoever made it.

    python -I verify.py PACK.zip [--vkey FILE]... [--witness VKEY]... [--policy FILE] [--earlier FILE]

It needs Python 3.11 and the package `cryptography`, and nothing else. It reads the ZIP in place and executes nothing
from it. `--vkey` is a file with the log's verifier key that you have from elsewhere, given once for each log where a
pack is of several; `--witness` the verifier key of a witness that must have cosigned; `--policy` a C2SP tlog-policy
that says how many of which witnesses must have; `--earlier` a checkpoint of the same log that you kept. What could
not be looked at is said to be `not checked`.
Exit codes: 0 everything that was checked holds, 1 something does not, 2 the pack could not be read.

Sources: RFC 8785 (canonical JSON), RFC 6962 and RFC 9162 (Merkle trees), C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-policy and tlog-proof.
"""

import argparse
import base64
import json
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.methodology.standalone import REFERENCES

FORMAT, SEVERAL = "careerpulse-evidence/1", "careerpulse-evidence/2"
"""Of a pack of one log, and of one with further logs below `logs/`."""
LOG = {1: 32}
WITNESS = {4: 32, 6: 1312}
"""The types of key, Ed25519 but for 6, which is ML-DSA-44, and how many bytes a public one has."""
SUBTREE = b"subtree/v1\n\0"
LARGEST_MEMBER = 64 * 1024 * 1024
LARGEST_PACK = 1024 * 1024 * 1024
HOLDS, BROKEN, NOT_CHECKED = "holds", "BROKEN", "not checked"
MOST_SHOWN = 200
"""Entries that are listed; of more it is said how many there are."""
MEMBER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*(/[A-Za-z0-9_][A-Za-z0-9_.\-]*){0,6}")
SHOWN_OF_ITEM = ("id", "occupation", "contribution", "bounds")
SHOWN_OF_DIMENSION = ("id", "weight", "value")
SHOWN_OF_SCORE = ("profile", "base", "score", "band", "detectable_change")


class Broken(Exception):
    """Something does not hold; the message says what, in plain words."""


class Unchecked(Exception):
    """Something was not looked at, because what it takes is not there; the message says what."""


class Unreadable(Exception):
    """The pack cannot be read at all."""


@dataclass
class Pack:
    """The members of the ZIP by name, and what has been established of them so far."""

    members: dict[str, bytes]
    vkey: str
    witnesses: list[str] = field(default_factory=list)
    policy: str | None = None
    earlier: bytes | None = None
    pinned: bool = False
    others: list[str] = field(default_factory=list)
    size: int = -1
    root: bytes = b""
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    opened: dict[int, dict[str, str]] = field(default_factory=dict)
    trails: dict[int, dict[str, Any]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    def member(self, name: str) -> bytes:
        if name not in self.members:
            raise Broken(f"{name} is missing from the pack")
        return self.members[name]

    def below(self, folder: str) -> list[str]:
        return sorted(name for name in self.members if name.startswith(f"{folder}/"))

    def further(self) -> "dict[str, Pack]":
        """What the pack holds of each further log, by its number, with the methodology that serves for all."""
        shared = {name: self.members[name] for name in self.below("methodology")}
        found: dict[str, dict[str, bytes]] = {}
        for name in self.below("logs"):
            number, _, own = name.removeprefix("logs/").partition("/")
            found.setdefault(number, dict(shared))[own] = self.members[name]
        return {number: self.of_log(number, members) for number, members in sorted(found.items())}

    def of_log(self, number: str, members: dict[str, bytes]) -> "Pack":
        vkey = members.get("log/vkey", b"").decode("utf-8", "replace").strip()
        try:
            told = parsed("pack.json", self.member("pack.json"))["logs"][number]
        except (Broken, KeyError, TypeError):
            told = {}  # whoever made it said nothing of this log
        members["pack.json"] = canonical_bytes(told)
        own = vkey.partition("+")[0]
        kept = self.earlier if self.earlier is not None and origin_of(self.earlier) == own else None
        return Pack(members, vkey, self.witnesses, self.policy, kept, self.pinned, self.others)


def origin_of(checkpoint: bytes) -> str:
    return checkpoint.partition(b"\n")[0].decode("utf-8", "replace")


def read_pack(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            names = [info.filename for info in infos]
            if len(set(names)) != len(names):
                raise Unreadable("the ZIP holds a file twice")
            if sum(info.file_size for info in infos) > LARGEST_PACK:
                raise Unreadable("the ZIP is larger than a pack may be")
            return {info.filename: read_member(archive, info) for info in infos}
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(f"{path.name} is not a ZIP that can be read: {error}") from error
    except Exception as error:  # what a damaged compressed stream raises differs by method
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"{path.name} is damaged: {type(error).__name__}") from error


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if MEMBER_NAME.fullmatch(info.filename) is None:
        raise Unreadable(f"the ZIP holds a file with a name that no pack has: {info.filename[:80]!r}")
    with archive.open(info) as file:
        data = file.read(LARGEST_MEMBER + 1)
    if len(data) > LARGEST_MEMBER:
        raise Unreadable(f"{info.filename} is larger than a file of a pack may be")
    return data


def canonical_bytes(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def no_float(text: str) -> object:
    raise ValueError(f"a number that is not whole: {text[:20]}")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def parsed(name: str, data: bytes) -> Any:
    try:
        return json.loads(data, parse_float=no_float, parse_constant=no_float, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Broken(f"{name} is not the JSON that it must be: {error}") from error


def decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Broken(f"{what} is not Base 64") from error


def leaf_of(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of_leaves(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_of(root_of_leaves(leaves[:half]), root_of_leaves(leaves[half:]))


def parse_vkey(text: str, kinds: dict[int, int]) -> tuple[str, bytes, bytes]:
    """Name, key id, and the type of the key with the key."""
    parts = text.strip().split("+", 2)
    material = decoded(parts[2], "the verifier key") if len(parts) == 3 else b""
    if not material or len(material) - 1 != kinds.get(material[0]):
        raise Broken("the verifier key is not of the kind that is needed here")
    identity = sha256(parts[0].encode() + b"\n" + material).digest()[:4]
    if identity.hex() != parts[1]:
        raise Broken(f"the verifier key of {parts[0]} does not fit its own id")
    return parts[0], identity, material


def open_note(name: str, data: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note, and its signatures: name, key id and value."""
    try:
        text, blank, tail = data.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise Broken(f"{name} is not a signed note") from error
    lines = tail.removesuffix("\n").split("\n")
    if not blank or not tail.endswith("\n") or not all(line.startswith("\u2014 ") for line in lines):
        raise Broken(f"{name} is not a signed note")
    signatures = []
    for line in lines:
        signer, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        value = decoded(encoded, f"a signature of {name}")
        signatures.append((signer, value[:4], value[4:]))
    return text + "\n", signatures


def signed_by(text: str, signatures: list[tuple[str, bytes, bytes]], vkey: str, kinds: dict[int, int]) -> bool:
    signer, identity, key = parse_vkey(vkey, kinds)
    for name, key_id, value in signatures:
        if (name, key_id) != (signer, identity):
            continue
        try:
            verify_signature(text, signer, key, value)
        except InvalidSignature:
            raise Broken(f"the signature of {signer} is wrong") from None
        return True
    return False


def verify_signature(text: str, signer: str, key: bytes, value: bytes) -> None:
    """Of a note by the log, or the cosignature of a checkpoint's text, which begins with its time."""
    kind, public, at = key[0], key[1:], int.from_bytes(value[:8], "big")
    if kind == 6:
        verify_ml_dsa(public, value[8:], cosigned_message(text, signer, at))
    elif kind == 4:
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(public).verify(value[8:], message)
    else:
        Ed25519PublicKey.from_public_bytes(public).verify(value, text.encode())


def verify_ml_dsa(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
    except ImportError:
        raise Unchecked("your version of the package `cryptography` does not know ML-DSA-44: renew it") from None
    MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)


def cosigned_message(text: str, signer: str, at: int) -> bytes:
    """What a witness signs with ML-DSA-44, without extension lines."""
    origin, size, root, *_ = text.split("\n")
    if max(len(signer.encode()), len(origin.encode())) > 255:
        raise Broken("a name of more than 255 bytes cannot be cosigned with ML-DSA-44")
    cosigner, log = (bytes([len(name.encode())]) + name.encode() for name in (signer, origin))
    start, end = (number.to_bytes(8, "big") for number in (0, int(size)))
    return SUBTREE + cosigner + at.to_bytes(8, "big") + log + start + end + decoded(root, "the root")


def open_checkpoint(name: str, data: bytes, vkey: str) -> tuple[str, int, bytes, list[tuple[str, bytes, bytes]]]:
    text, signatures = open_note(name, data)
    if not signed_by(text, signatures, vkey, LOG):
        raise Broken(f"{name} is not signed by the log")
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != parse_vkey(vkey, LOG)[0] or re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) is None:
        raise Broken(f"{name} is not a checkpoint of this log")
    return text, int(lines[1]), decoded(lines[2], "the root"), signatures


def check_seal(pack: Pack) -> str:
    text, signatures = open_note("seal", pack.member("seal"))
    form = SEVERAL if pack.below("logs") else FORMAT
    stated = f"{form}\n{sha256(pack.member('pack.json')).hexdigest()}\n"
    if not signed_by(text, signatures, pack.vkey, LOG):
        raise Broken("the seal is not signed by the log's key")
    if text != stated:
        raise Broken("pack.json is not the one that was sealed")
    return "signed by " + parse_vkey(pack.vkey, LOG)[0]


def check_files(pack: Pack) -> str:
    stated = parsed("pack.json", pack.member("pack.json"))
    listed: dict[str, str] = stated["files"]
    there = set(pack.members) - {"pack.json", "seal"}
    if missing := sorted(set(listed) - there):
        raise Broken(f"{missing[0]} was packed and is missing")
    if extra := sorted(there - set(listed)):
        raise Broken(f"{extra[0]} was not packed and is there")
    for name, digest in listed.items():
        if sha256(pack.members[name]).hexdigest() != digest:
            raise Broken(f"{name} was changed after it was packed")
    if pack.pinned and pack.member("log/vkey").decode().strip() != pack.vkey:
        raise Broken("the pack was made by another log than the one whose key you gave")
    return f"{len(listed)} files"


def check_checkpoint(pack: Pack) -> str:
    _, pack.size, pack.root, _ = open_checkpoint("log/checkpoint", pack.member("log/checkpoint"), pack.vkey)
    return f"a log of {pack.size:,} entries"


def check_witnesses(pack: Pack) -> str:
    text, _, _, signatures = open_checkpoint("log/checkpoint", pack.member("log/checkpoint"), pack.vkey)
    for witness in pack.witnesses:
        if not signed_by(text, signatures, witness, WITNESS):
            raise Broken(f"the witness {parse_vkey(witness, WITNESS)[0]} has not cosigned this checkpoint")
    if pack.policy is not None:
        return check_quorum(pack.policy, lambda vkey: cosigned_by(text, signatures, vkey))
    if pack.witnesses:
        return f"{len(pack.witnesses)} of {len(pack.witnesses)} have cosigned"
    told = parsed("pack.json", pack.member("pack.json")).get("witnesses", {})
    said = {"reached": "was reached", "missing": "was NOT reached in time", "none": "is not asked for"}
    quorum = said.get(told.get("quorum"), "is not told of")
    raise Unchecked(
        f"give --policy or --witness; by the pack's own word the log's quorum {quorum}, "
        f"and {len(signatures) - 1} others have signed"
    )


def cosigned_by(text: str, signatures: list[tuple[str, bytes, bytes]], vkey: str) -> bool:
    try:
        parse_vkey(vkey, WITNESS)
    except Broken:  # of another kind than this verifier can check, so it counts as missing
        return False
    return signed_by(text, signatures, vkey, WITNESS)


def check_quorum(policy: str, has_signed: Callable[[str], bool]) -> str:
    """C2SP tlog-policy: witnesses, groups of so many of their members, and the one of them that must hold."""
    made: dict[str, bool] = {"none": True}
    witnesses: list[str] = []
    quorum = ""
    for number, line in enumerate(policy.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#") or words[0] == "log":
            continue
        try:
            name = words[1]
            if words[0] == "quorum" and not quorum and name in made:
                quorum = name
            elif words[0] == "witness" and name not in made:
                made[name] = has_signed(words[2])
                witnesses.append(name)
            elif words[0] == "group" and name not in made:
                made[name] = group_holds(words[2], [made[one] for one in dict.fromkeys(words[3:])])
            else:
                raise ValueError(name)
        except (KeyError, ValueError, IndexError) as error:
            raise Broken(f"line {number} of the policy that you gave cannot be read") from error
    told = f"{sum(made[name] for name in witnesses)} of {len(witnesses)} witnesses of your policy have cosigned"
    if quorum in ("", "none"):
        raise Unchecked(f"{told}; it asks for no quorum")
    if not made[quorum]:
        raise Broken(f"{told}: not the quorum")
    return f"{told}: the quorum"


def group_holds(threshold: str, members: list[bool]) -> bool:
    """Whether so many of a group have cosigned: `any`, `all` or a number."""
    wanted = {"any": 1, "all": len(members)}.get(threshold) or int(threshold)
    if not 1 <= wanted <= len(members):
        raise ValueError(threshold)
    return sum(members) >= wanted


def check_earlier(pack: Pack) -> str:
    data = pack.earlier if pack.earlier is not None else pack.members.get("log/earlier-checkpoint")
    if data is None:
        raise Unchecked("give --earlier, a checkpoint of this log that you kept")
    _, old, old_root, _ = open_checkpoint("the earlier checkpoint", data, pack.vkey)
    if old == pack.size:
        if old_root != pack.root:
            raise Broken("the log shows another history at the same size")
        return "it is the same checkpoint"
    packed = pack.members.get("log/earlier-checkpoint")
    if packed is None or open_checkpoint("log/earlier-checkpoint", packed, pack.vkey)[1:3] != (old, old_root):
        raise Broken(f"the pack holds no proof from that checkpoint of {old:,} entries; ask for a pack with it")
    proof = [decoded(line, "a hash") for line in pack.member("log/consistency").decode().split()]
    if not continues(old, pack.size, proof, old_root, pack.root):
        raise Broken("the log does not continue the earlier checkpoint")
    return f"the log continues the one of {old:,} entries"


def continues(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < old < new:
        return old == 0 and not proof
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_of(sibling, first), node_of(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_of(second, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and (first, second) == (old_root, new_root)


def check_entries(pack: Pack) -> str:
    for name in pack.below("entries"):
        number = name.removeprefix("entries/").removesuffix(".json")
        entry = parsed(name, pack.members[name])
        if not isinstance(entry, dict) or canonical_bytes(entry) != pack.members[name]:
            raise Broken(f"{name} is not canonical JSON")
        check_inclusion(pack, name, int(number), pack.member(f"proofs/{number}.tlog-proof"))
        pack.entries[int(number)] = entry
    if len(pack.below("proofs")) != len(pack.entries):
        raise Broken("there are proofs of entries that are not in the pack")
    if not pack.entries:
        raise Broken("the pack holds no entry, so it proves nothing")
    return f"{len(pack.entries):,} entries"


def check_inclusion(pack: Pack, name: str, index: int, proof: bytes) -> None:
    """C2SP tlog-proof; RFC 9162, 2.1.3.2."""
    head, _, checkpoint = proof.partition(b"\n\n")
    header, stated, *encoded = head.decode("ascii", "replace").split("\n")
    if header != "c2sp.org/tlog-proof@v1" or stated != f"index {index}":
        raise Broken(f"the proof of {name} is of another entry")
    if open_checkpoint(f"the checkpoint in the proof of {name}", checkpoint, pack.vkey)[1:3] != (
        pack.size,
        pack.root,
    ):
        raise Broken(f"the proof of {name} leads to another checkpoint than the pack's")
    if not 0 <= index < pack.size:
        raise Broken(f"{name} lies beyond the log")
    path = [decoded(line, "a hash of a proof") for line in encoded]
    if climbed(leaf_of(pack.members[name]), index, pack.size, path) != pack.root:
        raise Broken(f"{name} is not in the log")


def climbed(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that a path leads to from the leaf at an index of so many; None for one of the wrong length.

    RFC 9162, 2.1.3.2.
    """
    computed, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            computed = node_of(sibling, computed)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            computed = node_of(computed, sibling)
        position, last = position >> 1, last >> 1
    return None if last else computed


def check_payloads(pack: Pack) -> str:
    for name in pack.below("payloads"):
        index = int(name.removeprefix("payloads/").removesuffix(".json"))
        if index not in pack.entries:
            raise Broken(f"{name} belongs to no entry of the pack")
        document = parsed(name, pack.members[name])
        if not is_bound(document, str(pack.entries[index].get("commitment"))):
            raise Broken(f"{name} is not what entry {index} commits to")
        values = {one["name"]: one["value"] for one in document["fields"]}
        pack.opened[index] = values
        if {"result", "detail", "trail"} <= set(values):
            pack.trails[index] = {part: parsed(name, values[part].encode()) for part in ("result", "detail", "trail")}
    if not pack.opened:
        raise Unchecked("nothing was opened")
    return f"{len(pack.opened):,} payloads, {len(pack.trails):,} of them whole decisions"


def is_bound(document: dict[str, Any], commitment: str) -> bool:
    """Whether an entry commits to these fields: to all that it binds or, where `of` says of how many, to each of some
    by its path.
    """
    fields = document["fields"]
    leaves = [salted_leaf(one["name"], bytes.fromhex(one["salt"]), one["value"].encode()) for one in fields]
    if not leaves:
        return False
    if "of" not in document:
        return root_of_leaves(leaves).hex() == commitment
    roots = {
        climbed(leaf, one["index"], document["of"], [bytes.fromhex(sibling) for sibling in one["path"]])
        for leaf, one in zip(leaves, fields, strict=True)
        if 0 <= one["index"] < document["of"]
    }
    return len({one["index"] for one in fields}) == len(fields) and roots == {bytes.fromhex(commitment)}


def salted_leaf(name: str, salt: bytes, value: bytes) -> bytes:
    encoded = name.encode()
    return leaf_of(len(encoded).to_bytes(2, "big") + encoded + salt + value)


def check_sums(pack: Pack) -> str:
    count = 0
    for index, one in pack.trails.items():
        for explanation in one["trail"]["explanations"]:
            check_sum(f"entry {index}", explanation)
            count += 1
        core = one["trail"]["explanations"][0]
        shown = one["detail"]["explanation"]
        if canonical_bytes(core) != canonical_bytes(shown):
            raise Broken(f"the reasons that were told of entry {index} are not those of the trail")
        if any(one["result"][part] != core[part] for part in ("score", "band", "detectable_change")):
            raise Broken(f"the result that was told of entry {index} is not that of the trail")
    if not count:
        raise Unchecked("no decision was opened whole")
    return f"{count:,} scores, to the last unit"


def check_sum(where: str, explanation: dict[str, Any]) -> None:
    for end in ("low", "high"):
        total = explanation["base"]
        for dimension in explanation["dimensions"]:
            parts = sum(
                one["contribution"] if "contribution" in one else one["bounds"][end] for one in dimension["items"]
            )
            if parts != dimension["contribution"][end]:
                raise Broken(f"the contributions of {dimension['id']} in {where} do not sum")
            total += parts
        if total != explanation["score"][end]:
            raise Broken(f"the contributions in {where} do not sum to the score")


def check_methodology(pack: Pack) -> str:
    found = {
        version: directory_hash(pack, version)
        for version in {name.split("/")[1] for name in pack.below("methodology")}
    }
    for index, one in pack.trails.items():
        stated = one["trail"]["methodology"]
        if stated["hash"] != pack.entries[index].get("methodology"):
            raise Broken(f"the trail of entry {index} names another methodology than the log")
        if found.get(stated["version"]) != stated["hash"]:
            raise Broken(f"the methodology in the pack is not the one that decided entry {index}")
    named = {entry["methodology"] for entry in pack.entries.values() if "methodology" in entry}
    if not named:
        raise Unchecked("no entry names one")
    if lacking := sorted(named - set(found.values())):
        raise Unchecked(f"the pack lacks {lacking[0]}, which its maker did not have")
    return ", ".join(f"version {version}" for version in sorted(found))


def directory_hash(pack: Pack, version: str) -> str:
    """SHA-256 over the path and SHA-256 of every file, by path."""
    whole, prefix = sha256(), f"methodology/{version}/"
    for name in pack.below(f"methodology/{version}"):
        whole.update(name.removeprefix(prefix).encode() + b"\0" + sha256(pack.members[name]).digest())
    return f"sha256:{whole.hexdigest()}"


def check_reference(pack: Pack) -> str:
    for index, one in pack.trails.items():
        version = one["trail"]["methodology"]["version"]
        if version not in REFERENCES:
            raise Broken(f"this verifier has no reference implementation of methodology {version}; take a newer one")
        tables, assess = REFERENCES[version]
        tables.clear()
        tables.update(parsed("tables.json", pack.member(f"methodology/{version}/tables.json")))
        try:
            again = assess(one["trail"]["answers"])
        except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
            raise Broken(f"the answers of entry {index} cannot be scored: {type(error).__name__}") from error
        if canonical_bytes(again) != canonical_bytes([comparable(each) for each in one["trail"]["explanations"]]):
            raise Broken(f"the reference implementation gives another score for entry {index}")
    if not pack.trails:
        raise Unchecked("no decision was opened whole")
    return f"{len(pack.trails):,} decisions computed again, the same bytes"


def comparable(explanation: dict[str, Any]) -> dict[str, Any]:
    """What the reference implementation computes of an explanation."""
    shown = {name: explanation[name] for name in SHOWN_OF_SCORE}
    shown["dimensions"] = [
        {name: dimension[name] for name in SHOWN_OF_DIMENSION}
        | {"items": [{key: item[key] for key in SHOWN_OF_ITEM if key in item} for item in dimension["items"]]}
        for dimension in explanation["dimensions"]
    ]
    return shown


def check_key(pack: Pack) -> str:
    """Of a further log: nobody but the log vouches for it, so whoever gave keys must have given this one too."""
    name = parse_vkey(pack.vkey, LOG)[0]
    if not pack.pinned:
        raise Unchecked(f"{pack.vkey}: it came with the pack; compare it with one from elsewhere")
    if pack.vkey not in pack.others:
        raise Broken(f"the pack holds entries of {name}, whose key you did not give; give --vkey once for each log")
    return f"the one that you gave of {name}"


def check_parts(pack: Pack) -> str:
    """Each log stands in a pack once, or its entries would count twice."""
    names = [parse_vkey(part.vkey, LOG)[0] for part in (pack, *pack.parts.values())]
    if len(set(names)) != len(names):
        raise Broken("the pack holds one log twice")
    return f"{len(names)} logs"


OF_PACK: tuple[tuple[str, Callable[[Pack], str]], ...] = (
    ("The pack is sealed", check_seal),
    ("Every file is as it was packed", check_files),
)
CHECKS: tuple[tuple[str, Callable[[Pack], str]], ...] = (
    ("The log's checkpoint is signed", check_checkpoint),
    ("Witnesses have cosigned it", check_witnesses),
    ("The log only grew", check_earlier),
    ("Every entry is in the log", check_entries),
    ("What was opened is what was decided", check_payloads),
    ("Contributions sum to the score", check_sums),
    ("The methodology is the one that decided", check_methodology),
    ("A second implementation agrees", check_reference),
)


def verify(pack: Pack) -> list[tuple[str, str, str]]:
    """What was looked at, what was found, and whether it holds, is broken or was not checked; of every log."""
    pack.parts = pack.further()
    if any(part.earlier is not None for part in pack.parts.values()):
        pack.earlier = None  # it is one of another log of the pack
    rows = [checked(pack, title, check) for title, check in (*OF_PACK, *CHECKS)]
    if pack.parts:
        rows.append(checked(pack, "Each log stands here once", check_parts))
    for number, part in pack.parts.items():
        own = [checked(part, title, check) for title, check in (("Key of the log", check_key), *CHECKS)]
        rows += [(f"{title}, log {number}", told, state) for title, told, state in own]
    return rows


def checked(pack: Pack, title: str, check: Callable[[Pack], str]) -> tuple[str, str, str]:
    try:
        return title, check(pack), HOLDS
    except Unchecked as unchecked:
        return title, str(unchecked), NOT_CHECKED
    except Broken as broken:
        return title, str(broken), BROKEN
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        return title, f"the pack does not have the form of one ({type(error).__name__}: {error})", BROKEN


def shown_rows(rows: list[tuple[str, str, str]], pack: Pack) -> str:
    width = max(len(title) for title, _, _ in rows)
    lines = [f"{title:<{width}}  {state:<11}  {told}" for title, told, state in rows]
    if not pack.pinned:
        unpinned = "it came with the pack; compare it with one from elsewhere"
        lines.append(f"{'Key of the log':<{width}}  {NOT_CHECKED:<11}  {pack.vkey}: {unpinned}")
    broken = [title for title, _, state in rows if state == BROKEN]
    verdict = (
        "everything that was checked holds" if not broken else f"BROKEN: {len(broken)} of {len(rows)} do not hold"
    )
    return "\n".join([*lines, f"{'Result':<{width}}  {'':<11}  {verdict}"])


def shown_selection(pack: Pack) -> str:
    """What was asked for, when, and how much of it this is."""
    try:
        stated = parsed("pack.json", pack.member("pack.json"))
        lines = [f"Asked for   {json.dumps(stated.get('selection'), sort_keys=True)}"]
        lines.append(f"Made        {stated.get('made_at')} by CareerPulse {stated.get('software')}")
        further = [(f" of log {number}", one) for number, one in stated.get("logs", {}).items()]
        for where, one in [("", stated), *further]:
            if one.get("next") is not None:
                told = f"what fits goes on at entry {one['next']}{where}; ask for it with that number"
                lines.append(f"A part      {told}")
        return "\n".join(lines)
    except (Broken, AttributeError, TypeError):
        return "Asked for   it cannot be read"


def shown_logs(pack: Pack) -> list[str]:
    """The entries of the first log, and of each further one under its name."""
    return [shown_entries(pack)] + [
        f"Log {number}, {part.vkey.partition('+')[0]}\n{shown_entries(part)}" for number, part in pack.parts.items()
    ]


def shown_entries(pack: Pack) -> str:
    """The entries, of opened decisions the score with its band, and of what was refused or set aside the reason."""
    lines = [f"{'Entry':>10}  {'Type':<24} {'Time':<20}  Score, or reason"]
    for index, entry in sorted(pack.entries.items())[:MOST_SHOWN]:
        told = shown_score(pack.opened.get(index, {})) or entry.get("reason", "")
        lines.append(f"{index:>10}  {entry.get('type')!s:<24} {entry.get('time')!s:<20}  {told}".rstrip())
    if (more := len(pack.entries) - MOST_SHOWN) > 0:
        lines.append(f"            and {more:,} more")
    return "\n".join(lines)


def shown_score(values: dict[str, str]) -> str:
    """Whole points with their band, from the result that was told; nothing where it is sealed."""
    try:
        points = json.loads(values["result"])["points"]
        middle = str(points["low"]) if points["low"] == points["high"] else f"{points['low']}–{points['high']}"
        return f"{middle} ({points['band_low']}–{points['band_high']})"
    except (KeyError, TypeError, ValueError):
        return ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify a pack of evidence, offline.")
    parser.add_argument("pack", type=Path)
    parser.add_argument(
        "--vkey",
        type=Path,
        action="append",
        default=[],
        help="a file with the log's verifier key, from a source you trust; once for each log",
    )
    parser.add_argument("--witness", action="append", default=[], help="the verifier key of a required witness")
    parser.add_argument("--policy", type=Path, help="a file that says how many of which witnesses must have cosigned")
    parser.add_argument("--earlier", type=Path, help="a checkpoint of this log that you kept")
    asked = parser.parse_args(arguments)
    try:
        members = read_pack(asked.pack)
        given = [path.read_text(encoding="utf-8", errors="replace").strip() for path in asked.vkey]
        earlier = asked.earlier.read_bytes() if asked.earlier else None
        policy = asked.policy.read_text(encoding="utf-8", errors="replace") if asked.policy else None
    except (Unreadable, OSError) as error:
        print(f"This could not be read: {error}", file=sys.stderr)
        return 2
    own = members.get("log/vkey", b"").decode("utf-8", "replace").strip()
    key = own if own in given or not given else given[0]
    pack = Pack(members, key, asked.witness, policy, earlier, bool(given), given)
    rows = verify(pack)
    print(shown_selection(pack), *shown_logs(pack), shown_rows(rows, pack), sep="\n\n")
    return 1 if any(state == BROKEN for _, _, state in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
