"""The log and its entries over HTTP: files as C2SP says, entries for auditors alone, errors as problem details."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

import services.audit
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.problems import problem_details
from infra.kafka.entry_outbox import EntryOutbox
from services.audit.acts import SOURCE as SOURCE_OF_ACTS
from services.audit.acts import Acts
from services.audit.auditors import Auditors
from services.audit.entries_api import EntriesApi
from services.audit.tables import marks
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.entry import complete
from services.audit.tlog.log_files import LogFiles
from services.audit.tlog.logs import Logs
from services.audit.tlog.proof import Proof
from tests.integration.audit.office import Bearers
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, leaf

TOKEN = "0123456789abcdef" * 4
AUDITOR = {"Authorization": f"Bearer {TOKEN}", "Purpose": "the yearly audit"}
SIZE = 600
KINDS = ("scored", "refused", "received")
ENTRIES = [complete(leaf(n, type=KINDS[n % 3]), SOURCE, n, n - 1 if n else None) for n in range(SIZE)]


@pytest.fixture
def appender(tmp_path) -> Iterator[Appender]:
    with Appender(tmp_path, SIGNER) as appender:
        yield appender


@pytest.fixture
async def acts(tmp_path) -> AsyncIterator[Acts]:
    async with Database(f"sqlite:///{tmp_path}/audit.db", "audit") as database:
        await migrate(database, Path(services.audit.__file__).with_name("migrations"))
        outbox = EntryOutbox(database, SOURCE_OF_ACTS, marks)
        await outbox.open()
        yield Acts(database, outbox, bytes(32))


@pytest.fixture
async def http(appender: Appender, acts: Acts, aiohttp_client) -> TestClient:
    """A client of a log of 600 entries, all signed."""
    await appender.append(ENTRIES, {SOURCE: SIZE - 1}, {})
    app = web.Application(middlewares=[problem_details])
    auditors = Auditors(TOKEN, Bearers())
    app.add_routes([*LogFiles(Logs([appender]), auditors).table(), *EntriesApi(appender, auditors, acts).table()])
    client: TestClient = await aiohttp_client(app)
    return client


async def test_the_checkpoint_is_for_everybody_and_never_cached_unasked(http):
    answer = await http.get("/logs/0/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert open_checkpoint(await answer.read(), VKEY).size == SIZE


async def test_a_checkpoint_without_the_required_witnesses_is_shown_to_nobody(http, appender):
    await appender.require(True)
    answer = await http.get("/logs/0/checkpoint")
    assert (answer.status, answer.content_type) == (503, "application/problem+json")
    assert "the required quorum of witnesses has cosigned" in (await answer.json(content_type=None))["detail"]
    assert answer.headers["Retry-After"] == "10"


async def test_the_verifier_key_lies_beside_it(http):
    assert await (await http.get("/logs/0/vkey")).text() == f"{VKEY.encode()}\n"


@pytest.mark.parametrize(
    ("place", "hashes"), [("0/000", 256), ("0/002.p/88", 88), ("0/002.p/3", 3), ("1/000.p/2", 2)]
)
async def test_a_hash_tile_is_for_everybody_and_immutable(http, place, hashes):
    answer = await http.get(f"/logs/0/tile/{place}")
    assert len(await answer.read()) == 32 * hashes
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "place",
    ["0/002", "0/002.p/89", "0/003.p/1", "2/000", "0/0", "0/002.p/0", "0/x000/001", "00/000", "0/000.p/256", "0/a"],
)
async def test_a_tile_that_the_log_has_not_or_that_is_written_otherwise_is_not_found(http, place):
    answer = await http.get(f"/logs/0/tile/{place}")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["/logs/0/tile/entries/000", "/v1/audit/entries", "/v1/audit/entries/0/1", "/v1/audit/entries/0/1/proof"]
)
@pytest.mark.parametrize(
    "header",
    [{}, {"Authorization": f"Bearer {TOKEN[:-1]}0"}, {"Authorization": TOKEN}, {"Authorization": "Bearer ü"}],
)
async def test_entries_are_for_auditors_alone(http, path, header):
    answer = await http.get(path, headers=header)
    assert (answer.status, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_bundle_is_not_kept_by_shared_caches(http):
    answer = await http.get("/logs/0/tile/entries/002.p/88", headers=AUDITOR)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert ENTRIES[512] in await answer.read()


async def listed(http, **query) -> tuple[list[int], dict | None]:
    page = await (await http.get("/v1/audit/entries", params=query, headers=AUDITOR)).json()
    for one in page["entries"]:
        assert one["entry"] == orjson.loads(ENTRIES[one["index"]])
    return [one["index"] for one in page["entries"]], page["next"]


async def test_the_newest_entries_come_first_and_go_on_downwards(http):
    assert await listed(http, limit=3) == ([599, 598, 597], {"before": 597})
    assert await listed(http, limit=3, before=514) == ([513, 512, 511], {"before": 511})
    assert await listed(http, before=2) == ([1, 0], None)


async def test_from_an_index_they_go_upwards(http):
    assert await listed(http, limit=3, **{"from": 254}) == ([254, 255, 256], {"from": 257})
    assert await listed(http, **{"from": 598}) == ([598, 599], None)
    assert await listed(http, **{"from": 600}) == ([], None)


@pytest.mark.parametrize("first", [{"limit": 7}, {"limit": 200, "from": 0}])
async def test_the_pages_of_a_type_hold_every_entry_of_it_once(http, first):
    indices, query = [], {"type": "refused", **first}
    while True:
        page, following = await listed(http, **query)
        indices += page
        if following is None:
            break
        query = {"type": "refused", "limit": first["limit"], **following}
    assert sorted(indices) == list(range(1, SIZE, 3))


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "201"}, "/limit"),
        ({"limit": "0"}, "/limit"),
        ({"limit": "ten"}, "/limit"),
        ({"from": "-1"}, "/from"),
        ({"from": "1", "before": "2"}, "/before"),
        ({"kind": "scored"}, "/kind"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(http, query, pointer):
    answer = await http.get("/v1/audit/entries", params=query, headers=AUDITOR)
    assert answer.status == 422
    assert [error["pointer"] for error in (await answer.json(content_type=None))["errors"]] == [pointer]


async def test_a_single_entry_is_shown_with_its_index(http):
    answer = await http.get("/v1/audit/entries/0/300", headers=AUDITOR)
    assert await answer.json() == {"log": 0, "index": 300, "entry": orjson.loads(ENTRIES[300])}


@pytest.mark.parametrize("index", [0, 255, 256, 599])
async def test_a_proof_verifies_offline(http, index):
    answer = await http.get(f"/v1/audit/entries/0/{index}/proof", headers=AUDITOR)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert Proof.parse(await answer.read()).verify(ENTRIES[index], VKEY).size == SIZE


@pytest.mark.parametrize("path", ["/v1/audit/entries/0/600", "/v1/audit/entries/0/600/proof", "/logs/1/checkpoint"])
async def test_what_the_log_does_not_hold_is_not_found(http, path):
    answer = await http.get(path, headers=AUDITOR)
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


def test_a_token_that_could_be_guessed_is_refused_at_the_start():
    with pytest.raises(ValueError, match="needs 32 at least"):
        Auditors("secret", Bearers())
