"""The documents of a real log: in a pack, behind a URL, in an export; and an incident that becomes an entry of it."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.audit.cli import audit
from services.audit.documents import MEMO
from services.audit.tlog.export import export
from services.audit.tlog.note import Note
from tests.integration.audit.office import TIME, Office
from tests.integration.audit.test_evidence import members_of
from tests.unit.audit.examples import SIGNER, VKEY
from tests.unit.scoring.hand_ins import document


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The documents are made of the log; the database is a part of no rule here."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def call(*arguments: object) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, audit, [str(each) for each in arguments])


async def test_an_incident_becomes_an_entry_and_stands_in_the_register_of_the_next_pack(office: Office) -> None:
    # Given a decision, and an incident that somebody found in it
    index = await office.decided(office.ledger.add(), document("incident"))
    status, told = await office.incident(entries=[index])
    assert (status, told["report_by"]) == (201, "2026-12-03T18:00:00Z")
    assert f"| {index} | scored |" in told["report"]
    # When the entry is in the log
    (*_, entry) = await office.entries()
    assert (entry["type"], entry["id"]) == ("incident", told["entry"])
    assert "harm" not in str(entry)
    # Then the documents of a pack name its leaf, and their memo is signed
    members = members_of((await office.pack(decisions=[index]))[1])
    assert f"| incident | 1 | {index + 1} |" in members["documents/serious-incidents.md"].decode()
    assert Note.parse(members[f"documents/{MEMO}"]).verified_by([VKEY]) == (VKEY,)


async def test_a_pack_leaves_the_documents_out_where_they_are_not_asked_for(office: Office) -> None:
    index = await office.decided(office.ledger.add(), document("without"))
    members = members_of((await office.pack(decisions=[index], documents=False))[1])
    assert [name for name in members if name.startswith("documents/")] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"entries": [7]}, "/entries/0"),
        ({"aware_at": "2999-01-01T00:00:00Z"}, "/aware_at"),
        ({"aware_at": "2026-13-01T00:00:00Z"}, "/aware_at"),
        ({"kind": "small"}, "/kind"),
        ({"what": "short"}, "/what"),
        ({"numbered": [{"log": 1, "index": 0}]}, "/numbered/0"),
    ],
)
async def test_an_incident_that_cannot_be_is_refused_and_leaves_no_entry(
    office: Office, body: dict[str, object], pointer: str
) -> None:
    status, problem = await office.incident(**body)
    assert (status, [fault["pointer"] for fault in problem["errors"]]) == (422, [pointer])
    assert await office.entries() == []


async def test_an_incident_is_recorded_by_the_command_which_writes_the_draft(office: Office, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("auditor")
    url = str(office.client.make_url("/"))
    options = ("--token-file", token, "--kind", "widespread", "--what", "Scores of two people were mixed up.")
    await office.decided(office.ledger.add(), document("command"))
    done = await call("incident", url, tmp_path / "draft.md", *options, "--aware", TIME, "--entry", "0")
    assert done.exit_code == 0, done.output
    draft = (tmp_path / "draft.md").read_text()
    assert "2026-11-25T18:00:00Z" in draft
    assert "\n| 0 | 0 | " in draft
    refused = await call("incident", url, tmp_path / "none.md", *options, "--aware", TIME[:10])
    assert refused.exit_code == 2
    assert "Nothing was recorded: The input does not fit; Must have 20 to 20 characters." in refused.output
    assert not (tmp_path / "none.md").exists()


async def test_the_documents_are_written_of_a_log_and_of_its_export_alike(office: Office, tmp_path: Path) -> None:
    await office.decided(office.ledger.add(), document("export"))
    export(office.appender.reader(), tmp_path / "export")
    (tmp_path / "log-key").write_text(SIGNER.encode())
    for place in ("log", "export"):
        options = ("--log", tmp_path / place, "--key", tmp_path / "log-key")
        done = await call("documents", tmp_path / f"of-{place}", *options)
        assert done.exit_code == 0, done.output
        told = (tmp_path / f"of-{place}" / "log-description.md").read_text()
        assert "| scored | 1 | 1 |" in told
        memo = (tmp_path / f"of-{place}" / MEMO).read_bytes()
        assert Note.parse(memo).verified_by([VKEY]) == (VKEY,)


async def test_no_document_is_written_of_a_broken_log(office: Office, tmp_path: Path) -> None:
    await office.decided(office.ledger.add(), document("broken"))
    export(office.appender.reader(), tmp_path / "export")
    bundle = next((tmp_path / "export" / "tile" / "entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b"scored", b"scared"))
    done = await call("documents", tmp_path / "out", "--log", tmp_path / "export")
    assert (done.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert "they would rest on a broken log" in done.output


async def test_a_key_of_another_log_signs_nothing(office: Office, tmp_path: Path) -> None:
    await office.decided(office.ledger.add(), document("foreign"))
    (tmp_path / "key").write_text(SIGNER.generate("another.example/log").encode())
    done = await call("documents", tmp_path / "out", "--log", tmp_path / "log", "--key", tmp_path / "key")
    assert (done.exit_code, (tmp_path / "out").exists()) == (2, False)
    assert "is the key of another.example/log" in done.output
