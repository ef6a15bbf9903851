"""A pack of evidence: what was asked for and nothing else, and a verifier that finds whatever was changed in it.

Whoever changes a pack here is the operator, who has the log's key and seals it anew: what is found, is found by the
mathematics and not by the seal.
"""

import asyncio
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from services.audit.cli import audit
from services.audit.evidence.archive import archive
from services.audit.evidence.single_file import single_file
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.note import SignerKey
from services.methodology.version import load
from tests.integration.audit.office import Office
from tests.unit.audit.examples import SIGNER, VKEY
from tests.unit.scoring.hand_ins import document

Members = dict[str, bytes]


def members_of(pack: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(pack)) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def sealed(members: Members, signer: SignerKey = SIGNER) -> bytes:
    """The members as a pack that its maker has sealed."""
    kept = {name: data for name, data in members.items() if name not in ("pack.json", "seal")}
    return b"".join(archive(kept.items(), {}, signer))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Packs are made of the log; what the database does for them is tested with the openings, on both."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The single file, loaded from where it was written."""
    path = tmp_path_factory.mktemp("verifier") / "verify.py"
    path.write_bytes(single_file())
    spec = importlib.util.spec_from_file_location("verify_alone", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_alone"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def broken(verifier: ModuleType) -> Callable[..., dict[str, str]]:
    """What does not hold of these members, by the title of the check."""

    def check(members: Members, **asked: Any) -> dict[str, str]:
        rows = verifier.verify(verifier.Pack(dict(members), VKEY.encode(), pinned=True, **asked))
        return {title: told for title, told, state in rows if state == verifier.BROKEN}

    return check


async def decided(office: Office, seed: str = "evidence") -> int:
    return await office.decided(office.ledger.add(), document(seed, profile="core+income"))


async def test_an_outsider_verifies_a_pack_with_one_file_and_no_network(office: Office, tmp_path: Path) -> None:
    # Given a decision that somebody has looked at, and a checkpoint that an outsider kept before
    earlier = office.appender.reader().checkpoint().decode()
    await decided(office, "before")
    earlier = office.appender.reader().checkpoint().decode()
    index = await decided(office)
    await office.open(index)
    await office.entries()
    # When the pack of this decision is made
    status, pack = await office.pack(decisions=[index], earlier_checkpoint=earlier)
    assert status == 200
    members = members_of(pack)
    # Then it holds the decision, its cause and the opening, and not the neighbour's
    kinds = [json.loads(data)["type"] for name, data in members.items() if name.startswith("entries/")]
    assert sorted(kinds) == ["key-released-to-a-human", "received", "scored"]
    opened = {json.loads(members[f"entries/{name[9:]}"])["type"] for name in members if name.startswith("payloads/")}
    assert opened == {"scored", "key-released-to-a-human"}
    # And the single file, taken from elsewhere, verifies it in an isolated interpreter
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "verify.py").write_bytes(single_file())
    (tmp_path / "vkey").write_text(VKEY.encode())
    command = [sys.executable, "-I", "verify.py", "pack.zip", "--vkey", "vkey"]
    ran = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "everything that was checked holds" in ran.stdout
    assert "1 decisions computed again, the same bytes" in ran.stdout
    assert ran.stdout.count("BROKEN") == 0
    # and says what it is about, entry by entry with the score, and what it could not look at
    scored = next(line for line in ran.stdout.splitlines() if " scored " in line)
    result = load().score(document("evidence", profile="core+income")["assessment"]).result()["points"]
    assert scored.split()[0] == str(index) and f"({result['band_low']}–{result['band_high']})" in scored
    assert f'{{"decisions": [{index}]}}' in ran.stdout
    assert "Witnesses have cosigned it               not checked  give --policy or --witness" in ran.stdout


async def test_every_byte_of_a_pack_is_under_its_seal(office: Office, verifier: ModuleType) -> None:
    members = members_of((await office.pack(decisions=[await decided(office)]))[1])

    def holds(changed: Members) -> bool:
        pack = verifier.Pack(changed, VKEY.encode(), pinned=True)
        try:
            verifier.check_seal(pack)
            verifier.check_files(pack)
        except (verifier.Broken, ValueError):
            return False
        return True

    assert holds(members)
    for name, data in members.items():
        assert not holds(members | {name: bytes([data[0] ^ 1]) + data[1:]}), name
        assert not holds({other: kept for other, kept in members.items() if other != name}), name
    assert not holds(members | {"more.txt": b"more"})


async def test_what_an_operator_changes_and_seals_anew_is_found(
    office: Office, broken: Callable[..., dict[str, str]]
) -> None:
    index = await decided(office)
    members = members_of((await office.pack(decisions=[index]))[1])

    def found(**changed: bytes) -> set[str]:
        names = {name.replace("__", "/").replace("_JSON", ".json"): data for name, data in changed.items()}
        return set(broken(members_of(sealed(members | names))))

    def replaced(name: str, change: Callable[[Any], None]) -> dict[str, bytes]:
        whole = json.loads(members[name])
        change(whole)
        return {name.replace("/", "__").replace(".json", "_JSON"): json.dumps(whole).encode()}

    payload, entry = f"payloads/{index}.json", f"entries/{index}.json"
    assert found() == set()
    # an entry that says something else, one that is not canonical
    assert "Every entry is in the log" in found(**replaced(entry, lambda one: one.update(actor="service:other")))

    # a trail that was edited: another contribution, another answer, another salt
    def edited(old: str, new: str) -> Callable[[Any], None]:
        def change(one: Any) -> None:
            field = one["fields"][3]
            assert old in field["value"]
            field["value"] = field["value"].replace(old, new, 1)

        return change

    opened = "What was opened is what was decided"
    assert opened in found(**replaced(payload, edited('"base":', '"base":1')))
    assert opened in found(**replaced(payload, lambda one: one["fields"][0].update(salt="00" * 32)))
    # another methodology, in data and in code
    tables = members["methodology/1/tables.json"]
    assert "The methodology is the one that decided" in found(methodology__1__tables_JSON=tables + b" ")
    # a checkpoint of another log, or of another history
    other = SignerKey(SIGNER.name, bytes(32))
    forged = Checkpoint(SIGNER.name, 3, bytes(32))
    assert "The log's checkpoint is signed" in found(log__checkpoint=forged.sign(other))
    assert "Every entry is in the log" in found(log__checkpoint=forged.sign(SIGNER))
    # and a pack that somebody else has sealed
    assert "The pack is sealed" in broken(members_of(sealed(members, other)))


async def test_reasons_that_do_not_sum_or_that_another_formula_gave_are_found(
    office: Office, verifier: ModuleType
) -> None:
    # Given the trail of a sound pack
    index = await decided(office)
    pack = verifier.Pack(members_of((await office.pack(decisions=[index]))[1]), VKEY.encode(), pinned=True)
    assert verifier.BROKEN not in {state for _, _, state in verifier.verify(pack)}
    item = pack.trails[index]["trail"]["explanations"][0]["dimensions"][0]["items"][0]
    # When one contribution is moved, the sums do not hold; when a compensating one is moved too, the second
    # implementation gives other bytes
    item["contribution"] += 5
    with pytest.raises(verifier.Broken, match="do not sum"):
        verifier.check_sums(pack)
    with pytest.raises(verifier.Broken, match="gives another score"):
        verifier.check_reference(pack)


async def test_a_history_that_was_rewritten_is_found_by_a_checkpoint_that_was_kept(
    office: Office, broken: Callable[..., dict[str, str]]
) -> None:
    index = await decided(office)
    kept = office.appender.reader().checkpoint()
    later = await decided(office, "later")
    _, pack = await office.pack(decisions=[later], earlier_checkpoint=kept.decode())
    members = members_of(pack)
    assert broken(members, earlier=kept) == {}
    rewritten = Checkpoint(SIGNER.name, index + 1, bytes(32)).sign(SIGNER)
    assert "The log only grew" in broken(members, earlier=rewritten)
    assert "The log only grew" in broken(members_of(sealed(members | {"log/earlier-checkpoint": rewritten})))


@pytest.mark.parametrize("algorithm", ["ml-dsa-44", "ed25519"])
async def test_a_required_witness_that_did_not_cosign_is_missed(
    office: Office, broken: Callable[..., dict[str, str]], algorithm: str
) -> None:
    from services.audit.witness.cosignature import SIGNERS

    members = members_of((await office.pack(decisions=[await decided(office)]))[1])
    witness = SIGNERS[algorithm]("example.com/witness", bytes(32))
    asked = {"witnesses": [witness.verifier().encode()]}
    assert "Witnesses have cosigned it" in broken(members, **asked)
    # and one that did is recognised
    checkpoint = members["log/checkpoint"]
    text = checkpoint.decode().rpartition("\n\n")[0] + "\n"
    cosigned = members | {"log/checkpoint": checkpoint + witness.cosign(text, 1_800_000_000).encode().encode()}
    assert "Witnesses have cosigned it" not in broken(cosigned, **asked)
    # but not for a time that it does not state
    later = witness.cosign(text, 1_800_000_000)
    later = replace(later, value=(1_800_000_001).to_bytes(8, "big") + later.value[8:])
    forged = members | {"log/checkpoint": checkpoint + later.encode().encode()}
    assert "Witnesses have cosigned it" in broken(forged, **asked)


def policy_of(witness: Any, quorum: str, *others: str) -> str:
    lines = [f"witness ours {witness.verifier().encode()}", *others, f"quorum {quorum}"]
    return "\n".join(lines)


async def test_a_policy_says_how_many_witnesses_must_have_cosigned(
    office: Office, verifier: ModuleType, broken: Callable[..., dict[str, str]]
) -> None:
    from services.audit.witness.cosignature import QuantumSafeSigner, WitnessSigner

    members = members_of((await office.pack(decisions=[await decided(office)]))[1])
    ours, other = QuantumSafeSigner("example.com/ours", bytes(32)), WitnessSigner("example.com/other", b"1" * 32)
    checkpoint = members["log/checkpoint"]
    text = checkpoint.decode().rpartition("\n\n")[0] + "\n"
    cosigned = members | {"log/checkpoint": checkpoint + ours.cosign(text, 1_800_000_000).encode().encode()}
    both = f"witness theirs {other.verifier().encode()}"
    title = "Witnesses have cosigned it"
    for policy, holds in (
        (policy_of(ours, "ours"), True),
        (policy_of(ours, "one", both, "group one any ours theirs"), True),
        (policy_of(ours, "one", both, "group one 2 ours theirs"), False),
        (policy_of(ours, "theirs", both), False),
        (policy_of(ours, "nobody"), False),
        ("witness ours", False),
    ):
        assert (title not in broken(cosigned, policy=policy)) is holds, policy
    rows = verifier.verify(verifier.Pack(cosigned, VKEY.encode(), policy=policy_of(ours, "none"), pinned=True))
    assert (title, verifier.NOT_CHECKED) in {(one, state) for one, _, state in rows}


async def test_a_pack_that_proves_nothing_does_not_pass(
    office: Office, broken: Callable[..., dict[str, str]]
) -> None:
    members = members_of((await office.pack(decisions=[await decided(office)]))[1])
    empty = {
        name: data
        for name, data in members.items()
        if name.partition("/")[0] not in ("entries", "proofs", "payloads")
    }
    assert "Every entry is in the log" in broken(members_of(sealed(empty)))


async def test_a_single_field_is_shown_to_a_court_and_tells_nothing_of_the_others(
    office: Office, broken: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    # Given a decision of which only the result is disclosed
    index = await decided(office)
    (tmp_path / "token").write_text("auditor")
    command = ["disclose", str(office.client.make_url("/")), index, tmp_path / "pack.zip", "--field", "result"]
    command += ["--token-file", tmp_path / "token", "--purpose", "the court's order"]
    done = await asyncio.to_thread(CliRunner().invoke, audit, list(map(str, command)))
    assert done.exit_code == 0, done.output
    members = members_of((tmp_path / "pack.zip").read_bytes())
    # Then the pack holds this field with its path, and neither the others nor by what the person might be found
    payload = json.loads(members[f"payloads/{index}.json"])
    (field,) = payload["fields"]
    assert (field["name"], field["index"], payload["of"], "event" in payload) == ("result", 1, 4, False)
    assert (
        b"external" not in members[f"payloads/{index}.json"] and b"answers" not in members[f"payloads/{index}.json"]
    )
    # and the verifier finds it bound, and whatever is changed in it
    assert broken(members) == {}
    changed: list[Callable[[Any], object]] = [
        lambda one: one.update(value=one["value"].replace("1", "2", 1)),
        lambda one: one.update(index=2),
        lambda one: one.update(path=one["path"][:-1]),
        lambda one: one.update(salt="00" * 32),
        lambda one: one.update(name="detail"),
    ]
    for change in changed:
        forged = json.loads(members[f"payloads/{index}.json"])
        change(forged["fields"][0])
        name = {f"payloads/{index}.json": json.dumps(forged).encode()}
        assert "What was opened is what was decided" in broken(members_of(sealed(members | name)))


async def test_what_does_not_fit_into_one_pack_goes_on_in_a_further_part(
    office: Office, monkeypatch: pytest.MonkeyPatch, broken: Callable[..., dict[str, str]]
) -> None:
    monkeypatch.setattr("services.audit.evidence.chosen.MOST_ENTRIES", 2)
    for seed in ("one", "two", "three"):
        await decided(office, seed)
    wanted = {"period": {"start": "2026-01-01", "end": "2999-01-01"}}
    seen: list[int] = []
    start: int | None = 0
    while start is not None:
        members = members_of((await office.pack(**wanted, start=start))[1])
        assert broken(members) == {}
        stated = json.loads(members["pack.json"])
        seen += stated["entries"]
        start = stated["next"]
    assert seen[:6] == list(range(6))


async def test_no_more_decisions_are_opened_than_one_pack_takes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.audit.evidence.packs.MOST_DECISIONS", 1)
    first, second = await decided(office, "one"), await decided(office, "two")
    members = members_of((await office.pack(period={"start": "2026-01-01", "end": "2999-01-01"}, open=True))[1])
    assert (f"payloads/{first}.json" in members, f"payloads/{second}.json" in members) == (True, False)
    assert json.loads(members["pack.json"])["next"] == second


async def test_a_sealed_pack_holds_the_version_that_its_entries_name_and_says_what_was_not_checked(
    office: Office, verifier: ModuleType
) -> None:
    await decided(office)
    members = members_of((await office.pack(period={"start": "2026-01-01", "end": "2999-01-01"}))[1])
    assert "methodology/1/tables.json" in members
    rows = verifier.verify(verifier.Pack(members, VKEY.encode(), pinned=True))
    states = {title: state for title, _, state in rows}
    assert states["The methodology is the one that decided"] == verifier.HOLDS
    for title in ("Witnesses have cosigned it", "Contributions sum to the score", "A second implementation agrees"):
        assert states[title] == verifier.NOT_CHECKED, title
    assert json.loads(members["pack.json"])["witnesses"] == {"quorum": "none", "cosigned": []}


async def test_a_pack_of_a_person_holds_all_their_decisions_and_nobody_elses(office: Office) -> None:
    alias = office.ledger.add()
    first = await office.decided(alias, document("first"))
    await decided(office, "neighbour")
    second = await office.decided(alias, document("second"))
    _, pack = await office.pack(person=first)
    assert [name for name in members_of(pack) if name.startswith("payloads/")] == [
        f"payloads/{first}.json",
        f"payloads/{second}.json",
    ]


async def test_an_opened_decision_comes_with_its_letters(
    office: Office, broken: Callable[..., dict[str, str]]
) -> None:
    index = await decided(office)
    members = members_of((await office.pack(decisions=[index], letters=True))[1])
    assert broken(members) == {}
    for language in ("de", "en"):
        assert f'<html lang="{language}">'.encode() in members[f"letters/{index}.{language}.html"]
        assert members[f"letters/{index}.{language}.pdf"].startswith(b"%PDF-")


async def test_a_period_and_a_methodology_select_entries_and_open_nothing_unasked(office: Office) -> None:
    index = await decided(office)
    entry = json.loads(office.appender.reader().entry(index))
    day = entry["time"][:10]
    for asked in ({"period": {"start": day, "end": "2999-01-01"}}, {"methodology": entry["methodology"]}):
        status, pack = await office.pack(**asked)
        members = members_of(pack)
        assert (status, f"entries/{index}.json" in members) == (200, True)
        assert not [name for name in members if name.startswith("payloads/")]


async def test_what_stays_sealed_is_said_with_its_reason(office: Office) -> None:
    alias = office.ledger.add()
    index = await office.decided(alias, document("sealed"))
    office.ledger.refuse(alias, "erasure-pending")
    members = members_of((await office.pack(decisions=[index]))[1])
    assert json.loads(members["pack.json"])["closed"] == {str(index): "erasure-pending"}
    assert "stays sealed: erasure-pending" in members["README.txt"].decode()


async def test_a_pack_leaves_an_entry_for_itself_and_one_for_each_decision_opened(office: Office) -> None:
    index = await decided(office)
    await office.pack(decisions=[index])
    assert [one["type"] for one in await office.entries()] == ["key-released-to-a-human", "exported"]


@pytest.mark.parametrize(
    "asked",
    [{}, {"decisions": [0], "person": 0}, {"decisions": []}, {"decisions": [0], "earlier_checkpoint": "none"}],
)
async def test_what_cannot_be_packed_is_refused_and_leaves_nothing(office: Office, asked: dict[str, Any]) -> None:
    await decided(office)
    status, _ = await office.pack(**asked)
    assert (status, await office.entries()) == (422, [])


def test_the_single_file_imports_nothing_but_cryptography_and_the_standard_library() -> None:
    import ast

    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(single_file()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
    assert b"exec(" not in single_file()
    assert b"eval(" not in single_file()
