"""Other people's witness cosigns our log, and other people's code verifies our witness's cosignatures.

`litewitness` of filippo.io/torchwood, with its key in an ssh-agent and its state in SQLite; and the torchwood library
in the program in interop/. Both are built with the Go toolchain.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from infra.local.ports import LOOPBACK, free_port
from services.audit.tlog import strict_base64
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.entry import complete
from services.audit.tlog.export import export
from services.audit.tlog.log import open_log
from services.audit.tlog.merkle import EMPTY_ROOT
from services.audit.tlog.note import Note, Signature
from services.audit.tlog.published_head import RolledBackError
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import check_stored
from services.audit.witness.app import application
from services.audit.witness.asking import Failed
from services.audit.witness.cosignature import WitnessKey, WitnessSigner
from services.audit.witness.gathering import Gathering
from services.audit.witness.policy import Policy, Witness, parse_policy
from tests.integration.go import PROGRAM, build, missing, run_interop
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries, leaf

pytestmark = pytest.mark.go

TESSERA = PROGRAM.parents[1] / "benchmarks" / "tessera"
LITEWITNESS = "filippo.io/torchwood/cmd/litewitness@v0.9.0"
NAME = "witness.example/lite"


@pytest.fixture(scope="module")
def litewitness(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("torchwood")
    build(["install", LITEWITNESS], directory, GOBIN=str(directory))
    if not all(map(shutil.which, ("ssh-agent", "ssh-add", "ssh-keygen"))):
        missing("ssh-agent, ssh-add and ssh-keygen are needed")
    return directory / "litewitness"


@dataclass(frozen=True)
class Lite:
    """A running litewitness: its address and its key."""

    url: str
    key: WitnessKey

    @property
    def policy(self) -> Policy:
        return Policy({"lite": Witness("lite", self.key, self.url)}, {}, "lite")


@pytest.fixture
def lite(litewitness: Path, tmp_path: Path) -> Iterator[Lite]:
    """A litewitness that knows our log."""
    home = tmp_path / "lite"
    home.mkdir()
    socket, key, database = home / "agent", home / "key", home / "db"
    ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    with (
        subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as agent,
        (home / "out").open("w+b") as output,
    ):
        try:
            until(socket.exists)
            environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
            ran("ssh-add", "-q", key, env=environment)
            fingerprint = ran("ssh-keygen", "-l", "-f", f"{key}.pub").split()[1]
            port = free_port()
            arguments = ["-name", NAME, "-key", fingerprint, "-ssh-agent", socket, "-db", database]
            with subprocess.Popen(
                [litewitness, *arguments, "-listen", f"{LOOPBACK}:{port}"], stdout=output, stderr=output
            ) as process:
                try:
                    until(lambda: listening(home / "out"))
                    know_the_log(database)
                    yield Lite(f"http://{LOOPBACK}:{port}", stated_key(home / "out"))
                finally:
                    process.terminate()
        finally:
            agent.terminate()


def ran(*command: object, **options) -> str:
    return subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=True, timeout=30, **options
    ).stdout


def until(holds) -> None:
    while not holds():
        time.sleep(0.02)


def listening(output: Path) -> bool:
    return "listening" in output.read_text()


def stated_key(output: Path) -> WitnessKey:
    """The verifier key that litewitness says it has."""
    found = re.search(rf"{re.escape(NAME)}\+[0-9a-f]{{8}}\+[A-Za-z0-9+/=]+", output.read_text())
    assert found, output.read_text()
    return WitnessKey.parse(found[0])


def know_the_log(database: Path) -> None:
    """What `witnessctl add-log` and `add-key` write."""
    root = strict_base64.encode(EMPTY_ROOT)
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute("INSERT INTO log VALUES (?, 0, ?)", [VKEY.name, root])
        connection.execute("INSERT INTO key VALUES (?, ?)", [VKEY.name, VKEY.encode()])
    connection.close()


async def test_litewitness_cosigns_our_log_as_it_grows(lite, tmp_path):
    clock = iter(range(1000))
    async with aiohttp.ClientSession() as session:
        with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(clock))) as appender:
            gathering = Gathering(appender, lite.policy, session)
            for start, end in ((0, 3), (3, 300), (300, 601)):
                await appender.append(entries(end - start, start), {SOURCE: 2 * end - 2}, {})
                await gathering.begin()
                assert not [got for got in gathering.outcomes.values() if isinstance(got, Failed)]
        # A client that has forgotten what the witness knows is told by its 409
        with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(clock))) as appender:
            await Gathering(appender, lite.policy, session).begin()
    assert check_stored(stored_log(tmp_path / "log"), VKEY, lite.policy).signed_by == (VKEY.name, NAME)


async def test_litewitness_refuses_a_log_that_was_rolled_back_or_forked(lite, tmp_path):
    clock = iter(range(1000))
    async with aiohttp.ClientSession() as session:
        with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(clock))) as appender:
            await appender.append(entries(600), {SOURCE: 1198}, {})
            await Gathering(appender, lite.policy, session).begin()
        with Appender(tmp_path / "older", SIGNER, clock=lambda: float(next(clock))) as appender:
            await appender.append(entries(300), {SOURCE: 598}, {})
            with pytest.raises(RolledBackError, match="cosigned 600 entries, this log has 300"):
                await Gathering(appender, lite.policy, session).begin()
            other = [complete(leaf(9_000 + n), "elsewhere/0", n, n - 1 if n else None) for n in range(400)]
            await appender.append(other, {"elsewhere/0": 399}, {})
            with pytest.raises(RolledBackError, match="do not continue to 700"):
                await Gathering(appender, lite.policy, session).begin()


def test_torchwood_verifies_the_cosignatures_of_our_witness(interop, tmp_path):
    # Given an exported log, a policy that requires our witness, and the witness's cosignature
    signer = WitnessSigner("witness.example/ours", b"o" * 32)
    with open_log(tmp_path / "log", SIGNER) as log:
        log.append(entries(600), marks={SOURCE: 1198}, sign=True)
        export(log.reader(), tmp_path / "out")
    checkpoint = tmp_path / "out" / "checkpoint"
    lines = (f"log {VKEY.encode()}", f"witness ours {signer.verifier().encode()}", "quorum ours")
    (tmp_path / "out" / "policy").write_text("\n".join(lines) + "\n")
    note = Note.parse(checkpoint.read_bytes())
    line = signer.cosign(note.text, 1_800_000_000)

    def accepted(*cosignatures: Signature) -> bool:
        checkpoint.write_bytes(Note(note.text, (*note.signatures, *cosignatures)).encode())
        return run_interop(interop, tmp_path / "out").returncode == 0

    # Then torchwood accepts the checkpoint with it, and neither without it nor with another time in it
    assert accepted(line)
    assert not accepted()
    assert not accepted(replace(line, value=(1_800_000_001).to_bytes(8, "big") + line.value[8:]))


async def test_our_witness_cosigns_a_log_of_tesseras(tmp_path):
    # Given a log of other people's, whose policy requires our witness
    build(["build", "-o", str(tmp_path / "tessera"), "."], TESSERA)
    ours = WitnessSigner("witness.example/ours", b"o" * 32)
    (tmp_path / "state").mkdir()
    async with TestServer(application(tmp_path / "state", ours, [VKEY])) as server:
        url = str(server.make_url("/")).rstrip("/")
        policy = f"witness ours {ours.verifier().encode()} {url}\nquorum ours\n"
        (tmp_path / "policy").write_text(policy)
        arguments = (str(tmp_path / "log"), SIGNER.encode(), "600", "100", "256", str(tmp_path / "policy"))
        # When it appends, then it publishes what our witness has cosigned
        process = await asyncio.create_subprocess_exec(
            tmp_path / "tessera", *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, said = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, said.decode()
    published = (tmp_path / "log" / "checkpoint").read_bytes()
    assert open_checkpoint(published, VKEY, [ours.verifier()]).size == 600
    assert parse_policy(policy.encode()).satisfied_by(Note.parse(published).verified_by([VKEY, ours.verifier()]))
