"""Cosignatures gathered over HTTP from witnesses of ours: beside the log, never in its way, never for two logs."""

import asyncio
import hashlib
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from infra.local.ports import LOOPBACK, free_port
from services.audit.cli import audit
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.entry import complete
from services.audit.tlog.export import export
from services.audit.tlog.lock import LockedError
from services.audit.tlog.note import Note
from services.audit.tlog.proof import Proof, prove
from services.audit.tlog.published_head import RolledBackError
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import check_stored
from services.audit.witness.app import application
from services.audit.witness.asking import Failed
from services.audit.witness.cli import witness
from services.audit.witness.cosignature import ML_DSA_44, WitnessKey, WitnessSigner
from services.audit.witness.gathering import Gathering
from services.audit.witness.policy import Group, Policy, Witness
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries, leaf

ONE, TWO = WitnessSigner("witness.example/one", b"1" * 32), WitnessSigner("witness.example/two", b"2" * 32)
Serve = Callable[[WitnessSigner], Awaitable[str]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts a witness of ours, and gives its address."""
    servers: list[TestServer] = []

    async def start(signer: WitnessSigner) -> str:
        directory = tmp_path / signer.name.rpartition("/")[2]
        directory.mkdir(exist_ok=True)
        servers.append(TestServer(application(directory, signer, [VKEY])))
        await servers[-1].start_server()
        return str(servers[-1].make_url("/")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "log"


def both(one: str, two: str) -> Policy:
    witnesses = {"one": Witness("one", ONE.verifier(), one), "two": Witness("two", TWO.verifier(), two)}
    return Policy(witnesses, {"both": Group(2, ("one", "two"))}, "both")


async def grown(appender: Appender, start: int, end: int) -> None:
    await appender.append(entries(end - start, start), {SOURCE: 2 * end - 2}, {})
    await appender.append([], {}, {})


@pytest.fixture
def clock() -> Callable[[], float]:
    """Every look at it is a second later, so that every append is signed."""
    seconds = iter(range(10**6))
    return lambda: float(next(seconds))


def failures(gathering: Gathering) -> dict[str, str]:
    return {name: got.trouble for name, got in gathering.outcomes.items() if isinstance(got, Failed)}


async def test_each_checkpoint_is_cosigned_kept_and_shown(directory, clock, session, serve):
    policy = both(await serve(ONE), await serve(TWO))
    with Appender(directory, SIGNER, clock=clock) as appender:
        gathering = Gathering(appender, policy, session)
        await gathering.begin()
        for start, end in ((0, 3), (3, 300), (300, 301)):
            # Given a log that has grown
            await grown(appender, start, end)
            # When the witnesses are asked
            await gathering.round()
            # Then the published checkpoint is of this size and both have signed it
            shown = Note.parse(appender.published)
            assert open_checkpoint(appender.published, VKEY).size == end
            assert shown.verified_by([VKEY, *policy.keys]) == (VKEY, ONE.verifier(), TWO.verifier())
        # And the proof of an entry carries them
        proof = prove(appender.reader().nodes(), 7, await appender.covering(7, 0)).encode()
    stated = Proof.parse(proof)
    assert stated.verify(entries(8)[7], VKEY, policy.keys).size == 301
    assert len(Note.parse(stated.checkpoint).signatures) == 3
    # And they lie on disk, are exported, and hold there
    assert check_stored(stored_log(directory), VKEY, policy).sound


async def test_the_loop_follows_the_log_by_itself(directory, clock, session, serve):
    policy = both(await serve(ONE), await serve(TWO))
    with Appender(directory, SIGNER, clock=clock) as appender:
        gathering = Gathering(appender, policy, session)
        await gathering.begin()
        running = asyncio.create_task(gathering.run())
        await grown(appender, 0, 300)
        covered = await appender.covering(299, 20)
        await grown(appender, 300, 600)
        while open_checkpoint(appender.published, VKEY).size < 600:
            await appender.moved().wait()
        running.cancel()
    assert open_checkpoint(covered, VKEY).size == 300


async def test_a_witness_that_is_away_does_not_stop_the_log(directory, clock, session, serve, unused_tcp_port):
    url = await serve(ONE)
    policy = both(url, f"http://127.0.0.1:{unused_tcp_port}")
    with Appender(directory, SIGNER, clock=clock) as appender:
        # Given that one of two required witnesses is away
        gathering = Gathering(appender, policy, session)
        await grown(appender, 0, 300)
        await gathering.begin()
        assert failures(gathering) == {"two": "away"}
        # Then the log goes on, and shows no checkpoint as witnessed that lacks the quorum
        await grown(appender, 300, 600)
        await gathering.round()
        assert appender.reader().witnessed() is None
        assert appender.state.size == 600
        # And outsiders are shown none at all, here and in an export; receipts and auditors have the log's own
        assert appender.published is None
        with pytest.raises(FileNotFoundError, match="has the quorum of its witnesses yet"):
            export(appender.reader(), directory.with_name("out"))
        assert open_checkpoint(await appender.covering(599, 0), VKEY).size == 600
        # When the witness is there, then the next round brings both
        gathering = Gathering(appender, both(url, await serve(TWO)), session)
        await gathering.begin()
        assert not failures(gathering)
        assert open_checkpoint(appender.published, VKEY).size == 600


async def test_a_log_restored_from_an_older_backup_refuses_to_start(directory, tmp_path, clock, session, serve):
    policy = both(await serve(ONE), await serve(TWO))
    # Given a backup of the log at 300, and witnesses that saw it at 600
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 0, 300)
    shutil.copytree(directory, tmp_path / "backup")
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 300, 600)
        await Gathering(appender, policy, session).begin()
    # When the backup is started, then it is refused, and the message says what to do
    refusal = pytest.raises(RolledBackError, match=r"it cosigned 600 entries, this log has 300.*newest copy")
    with Appender(tmp_path / "backup", SIGNER, clock=clock) as appender, refusal:
        await Gathering(appender, policy, session).begin()
    # And also after it has grown past what they saw, in another way
    with Appender(tmp_path / "backup", SIGNER, clock=clock) as appender:
        await appender.append(
            [complete(leaf(n), "elsewhere/0", n, n - 1 if n else None) for n in range(400)], {"elsewhere/0": 399}, {}
        )
        with pytest.raises(RolledBackError, match="do not continue to 700"):
            await Gathering(appender, policy, session).begin()


async def test_a_forked_log_shown_to_two_witnesses_is_detected(directory, tmp_path, clock, session, serve):
    one, two = await serve(ONE), await serve(TWO)
    # Given two logs of one key and size, each shown to one witness
    for name, number, url, signer in (("left", 1, one, ONE), ("right", 2, two, TWO)):
        with Appender(tmp_path / name, SIGNER, clock=clock) as appender:
            await appender.append([*entries(299), complete(leaf(9_000 + number), SOURCE, 2_000, 596)], {}, {})
            alone = Policy({"it": Witness("it", signer.verifier(), url)}, {}, "it")
            await Gathering(appender, alone, session).begin()
    # When either is shown to both, then the other witness contradicts it, and the quorum is never there
    for name, forked in (("left", "two"), ("right", "one")):
        with Appender(tmp_path / name, SIGNER, clock=clock) as appender:
            gathering = Gathering(appender, both(one, two), session)
            with pytest.raises(RolledBackError, match=f"the witness {forked} contradicts this log"):
                await gathering.begin()
            assert failures(gathering) == {forked: "forked"}
        assert not check_stored(stored_log(tmp_path / name), VKEY, both(one, two)).sound


@pytest.mark.parametrize("answer", [(404, b""), (403, b""), (200, b"nonsense\n"), (409, b"many\n"), (302, b"")])
async def test_what_a_witness_should_not_answer_is_no_cosignature(directory, clock, session, answer):
    async def odd(_: web.Request) -> web.Response:
        return web.Response(status=answer[0], body=answer[1], headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/add-checkpoint", odd)
    async with TestServer(app) as server:
        url = str(server.make_url("/")).rstrip("/")
        with Appender(directory, SIGNER, clock=clock) as appender:
            await grown(appender, 0, 3)
            gathering = Gathering(appender, Policy({"it": Witness("it", ONE.verifier(), url)}, {}, "it"), session)
            await gathering.begin()
            assert failures(gathering) == {"it": "refuses"}
            assert appender.reader().witnessed() is None


async def test_without_a_policy_the_log_s_own_checkpoint_is_shown_again(directory, clock, session, serve):
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 0, 300)
        await Gathering(appender, both(await serve(ONE), await serve(TWO)), session).begin()
        await grown(appender, 300, 600)
        assert open_checkpoint(appender.published, VKEY).size == 300
        # When the witnesses are taken out of the policy
        await Gathering(appender, Policy(), session).begin()
        # Then what is shown is the log's own, up to date
        assert appender.published == appender.reader().checkpoint()
    assert stored_log(directory).witnessed() is None


async def test_what_was_witnessed_under_another_policy_is_not_shown_under_this_one(directory, clock, session, serve):
    one, two = await serve(ONE), await serve(TWO)
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 0, 300)
        alone = Policy({"one": Witness("one", ONE.verifier(), one)}, {}, "one")
        await Gathering(appender, alone, session).begin()
        assert appender.published is not None
        # When a second witness is required, and is away
        await Gathering(appender, both(one, two.replace("127.0.0.1", "127.0.0.2")), session).begin()
        assert appender.published is None
    # Then that is remembered by the log, and ends when the quorum is there
    with Appender(directory, SIGNER, clock=clock) as appender:
        assert appender.published is None
        await Gathering(appender, both(one, two), session).begin()
        assert open_checkpoint(appender.published, VKEY).size == 300


async def test_who_waits_for_a_proof_is_given_the_first_checkpoint_that_has_the_quorum(
    directory, clock, session, serve
):
    policy = both(await serve(ONE), await serve(TWO))
    with Appender(directory, SIGNER, clock=clock) as appender:
        gathering = Gathering(appender, policy, session)
        await gathering.begin()
        await grown(appender, 0, 300)
        waiting = asyncio.create_task(appender.covering(299, 20))
        await asyncio.sleep(0)
        await gathering.round()
        assert len(Note.parse(await waiting).signatures) == 3


async def test_monitors_read_at_the_witness_what_it_cosigned(directory, clock, session, serve):
    url = await serve(ONE)
    address = f"{url}/{hashlib.sha256(VKEY.name.encode()).hexdigest()}/checkpoint"
    async with session.get(address) as answer:
        assert answer.status == 404
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 0, 300)
        await Gathering(appender, Policy({"one": Witness("one", ONE.verifier(), url)}, {}, "one"), session).begin()
        async with session.get(address) as answer:
            assert (answer.status, await answer.read()) == (200, appender.published)


async def test_a_second_witness_over_the_same_state_refuses_to_start(serve):
    await serve(ONE)
    with pytest.raises(LockedError, match="already has its witness"):
        await serve(ONE)


async def test_the_command_line_checks_the_required_cosignatures(directory, tmp_path, clock, session, serve):
    one, two = await serve(ONE), await serve(TWO)
    file = tmp_path / "policy"
    with Appender(directory, SIGNER, clock=clock) as appender:
        await grown(appender, 0, 300)
        only = Policy({"one": Witness("one", ONE.verifier(), one)}, {}, "one")
        await Gathering(appender, only, session).begin()
    file.write_text(
        f"witness one {ONE.verifier().encode()} {one}\nwitness two {TWO.verifier().encode()} {two}\n"
        "group both all one two\nquorum both\n"
    )

    def call(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(audit, [str(each) for each in arguments])
        return done.exit_code, done.output

    assert call("export", tmp_path / "out", "--log", directory)[0] == 0
    for command in (("fsck", "--log", directory), ("verify", tmp_path / "out")):
        code, output = call(*command, "--policy", file)
        assert (code, "lacking: two" in output) == (1, True)
    file.write_text(file.read_text().replace("quorum both", "quorum one"))
    code, output = call("verify", tmp_path / "out", "--policy", file)
    assert code == 0, output
    assert f"valid, by {VKEY.name}, {ONE.name} at 20" in output
    file.write_text("quorum nobody")
    assert call("verify", tmp_path / "out", "--policy", file)[0] == 2


def test_a_witness_keeps_its_name_and_its_algorithm(tmp_path):
    def made(*asked):
        done = CliRunner().invoke(witness, ["key", "--data", str(tmp_path), "--name", ONE.name, *asked])
        return done.exit_code, done.output

    # Given a key of the recommended algorithm
    code, vkey = made()
    assert (code, WitnessKey.parse(vkey).kind) == (0, ML_DSA_44)
    # Then asking again prints it, and asking for another is refused
    assert made() == made("--algorithm", "ml-dsa-44") == (0, vkey)
    code, said = made("--algorithm", "ed25519")
    assert (code, "is a key for ML-DSA-44; for another give another directory" in said) == (1, True)


@pytest.mark.parametrize("algorithm", ["ml-dsa-44", "ed25519"])
async def test_the_witness_as_a_process_knows_after_a_kill_what_it_cosigned(
    directory, tmp_path, clock, session, algorithm
):
    # Given a witness made and run by the command line
    (tmp_path / "vkey").write_text(VKEY.encode())
    data = ("--data", str(tmp_path / "state"))
    made = CliRunner().invoke(witness, ["key", *data, "--name", ONE.name, "--algorithm", algorithm])
    url = f"http://{LOOPBACK}:{free_port()}"
    running = ("run", *data, "--log", str(tmp_path / "vkey"), "--port", url.rpartition(":")[2])
    policy = Policy({"it": Witness("it", WitnessKey.parse(made.output), url)}, {}, "it")
    with Appender(directory, SIGNER, clock=clock) as appender:
        for size in (300, 600):
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.cli", "witness", *running)
            await until_it_answers(session, url)
            # When the log asks it, and it is killed at once
            await grown(appender, size - 300, size)
            gathering = Gathering(appender, policy, session)
            await gathering.begin()
            process.kill()
            await process.wait()
            # Then it goes on from what it cosigned
            assert not failures(gathering)
            assert open_checkpoint(appender.published, VKEY).size == size


async def until_it_answers(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(f"{url}/healthz") as answer:
                assert answer.status == 200
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.05)
