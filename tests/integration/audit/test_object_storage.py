"""A log whose storage is a bucket, over HTTP: nothing lost, forked or doubled, whatever ends in between."""

import itertools
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from services.audit.cli import audit
from services.audit.tlog.appender import Appender
from services.audit.tlog.export import export
from services.audit.tlog.lock import LockedError
from services.audit.tlog.log import Log, StoreError
from services.audit.tlog.objects import ObjectStorage, objects_at
from services.audit.tlog.places import is_log, storage_at
from services.audit.tlog.storage import SupersededError
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import check_stored
from tests.unit.audit.breaking_disk import BreakingDisk, CrashError
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries
from tests.unit.audit.test_log import check_whole, content, feed

pytest.importorskip("boto3", reason="s3: boto3 is not installed")
server = pytest.importorskip("moto.server", reason="s3: moto's server is not installed")
BUCKET = "careerpulse-log"
PREFIXES = itertools.count()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A store of objects that speaks S3 over HTTP and honours conditions."""
    serving = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    serving.start()
    host, port = serving.get_host_and_port()
    yield f"http://{host}:{port}"
    serving.stop()


@pytest.fixture
def place(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place of its own in the bucket, with the settings that lead there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "audit")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    place = f"s3://{BUCKET}/logs/{next(PREFIXES)}"
    client = objects_at(place)._client
    if BUCKET not in [one["Name"] for one in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return place


def crashing(place: str, at: int, when: str) -> ObjectStorage:
    """The storage in a process that ends at its `at`th request: before it is sent, or before its answer is seen."""
    storage, requests = objects_at(place), itertools.count(1)

    def end(**_: object) -> None:
        if next(requests) == at:
            raise CrashError

    storage._client.meta.events.register(f"{when}.s3", end)
    return storage


def test_a_log_in_a_bucket_is_whole_to_the_byte_and_grows_over_restarts(place):
    assert not is_log(place)
    for batches in ((3, 250), (10, 0, 600), (1, 166)):
        feed(Log(storage_at(place), SIGNER), batches)
    log = Log(storage_at(place), SIGNER)
    check_whole(log)
    assert is_log(place)
    # And of the tiles that are full no partial one is left
    storage = objects_at(place)
    listed = storage._client.list_objects_v2(Bucket=BUCKET, Prefix=storage._prefix)["Contents"]
    partial = {one["Key"].rpartition(".p/")[0].removeprefix(storage._prefix) for one in listed if ".p/" in one["Key"]}
    assert partial == {"tile/0/004", "tile/entries/004", "tile/1/000"}


@pytest.mark.parametrize("when", ["before-send", "after-call"], ids=["not sent", "not answered"])
def test_a_crash_at_any_request_leaves_a_log_that_goes_on_without_gap_fork_or_double_entry(place, when):
    batches, ended = (3, 254), False
    feed(twin := Log(BreakingDisk(), SIGNER), (sum(batches),))
    for at in itertools.count(1):
        here = f"{place}/{at}"
        # Given a process that ends at this request
        acknowledged = 0
        try:
            log = Log(crashing(here, at, when), SIGNER)
            for batch in batches:
                acknowledged = feed(log, (batch,))
            ended = True
        except CrashError:
            pass
        # When the next one goes on, then all that was acknowledged is there, and nothing twice
        log = Log(storage_at(here), SIGNER)
        assert log.size >= acknowledged
        feed(log, (sum(batches) - log.size,))
        assert log.root == twin.root
        assert content(log.reader()) == content(twin.reader())
        if ended:
            break
    assert at > 10


def test_of_two_appenders_on_one_state_the_second_loses_its_commit_and_stops(place):
    # Given two processes that have opened the same log, as after a lease that failed
    first, second = (Log(storage_at(place), SIGNER) for _ in range(2))
    first.append(entries(3), marks={SOURCE: 4}, sign=True)
    # When the second one appends something else, then it is told, and what the first one committed stands
    with pytest.raises(SupersededError, match=r"state\.json was written by another process"):
        second.append(entries(5, 40), marks={SOURCE: 88}, sign=True)
    first.append(entries(2, 3), marks={SOURCE: 8}, sign=True)
    report = check_stored(stored_log(place), VKEY)
    assert (report.sound, report.entries) == (True, 5)


async def test_a_second_appender_refuses_to_start_while_the_first_one_lives(place, monkeypatch):
    monkeypatch.setattr("services.audit.tlog.lease._RENEWED_EVERY_SECONDS", 0.1)
    with Appender(storage_at(place), SIGNER) as appender:
        await appender.append(entries(3), {SOURCE: 4}, {"t/0": 3})
        with pytest.raises(LockedError, match="one at a time"), Appender(storage_at(place), SIGNER):
            pass
        await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
    # And at its end the next one begins at once, where it stood
    with Appender(storage_at(place), SIGNER) as appender:
        assert (appender.state.size, appender.state.offsets) == (5, {"t/0": 5})


async def test_a_store_that_is_away_is_said_and_nothing_is_lost(place):
    storage = objects_at(place)
    with Appender(storage, SIGNER) as appender:
        await appender.append(entries(3), {SOURCE: 4}, {"t/0": 3})
        ask = storage._client._make_api_call

        def away(name: str, arguments: dict[str, object]) -> object:
            if name == "PutObject" and "state.json" in str(arguments["Key"]):
                raise_away()
            return ask(name, arguments)

        storage._client._make_api_call = away
        with pytest.raises(StoreError, match="the 3 entries before are safe"):
            await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
        storage._client._make_api_call = ask
        await appender.reopen()
        await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
        assert [appender.reader().entry(index) for index in range(5)] == entries(5)


def raise_away() -> None:
    from botocore.exceptions import EndpointConnectionError

    raise EndpointConnectionError(endpoint_url="http://nowhere")


async def test_what_was_witnessed_lies_in_the_bucket_too(place):
    for size in (3, 5):
        with Appender(storage_at(place), SIGNER) as appender:
            await appender.append(
                entries(size - appender.state.size, appender.state.size), {SOURCE: 2 * size - 2}, {}
            )
            await appender.publish(note := appender.reader().checkpoint())
            assert stored_log(place).published() == note
            assert appender.committed_at().year >= 2026
    with Appender(storage_at(place), SIGNER) as appender:
        await appender.publish(None)
        assert stored_log(place).witnessed() is None


def test_the_commands_read_a_log_in_a_bucket_as_one_in_a_directory(place, tmp_path):
    Log(storage_at(place), SIGNER).append(entries(300), marks={SOURCE: 598}, sign=True)
    export(stored_log(place), tmp_path / "out")

    def call(*arguments: object) -> tuple[int, str]:
        done = CliRunner(env={"KAFKA_BOOTSTRAP_SERVERS": ""}).invoke(audit, [str(each) for each in arguments])
        return done.exit_code, done.output

    for command in (("fsck", "--log", place), ("verify", tmp_path / "out"), ("complete", place)):
        code, output = call(*command)
        assert (code, "300 recomputed" in output) == (0, True), output
    assert call("fsck", "--log", f"{place}/elsewhere")[0] == 2
    code, output = call("fsck", "--log", "s3:///nowhere")
    assert (code, "s3:///nowhere must be like s3://bucket/prefix" in output) == (2, True)
    # And a changed object is found
    storage = objects_at(place)
    data, tag = storage.get("tile/entries/001.p/44")
    storage.put("tile/entries/001.p/44", data.replace(b"scored", b"spared", 1), tag)
    code, output = call("fsck", "--log", place)
    assert (code, "tile/entries/001.p/44" in output) == (1, True)
