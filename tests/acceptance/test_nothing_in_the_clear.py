"""What a person wrote is found nowhere on disk; after the erasure the key's bytes are found nowhere either."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from infra.crypto.root_key import FileRootKey, unwrap
from infra.crypto.subkeys import DOMAINS, derive
from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running


def found(directory: Path, needles: dict[str, bytes], leave_out: Path | None = None) -> dict[str, list[str]]:
    """In which files each needle stands."""
    places: dict[str, list[str]] = {}
    for file in files(directory):
        if leave_out is not None and leave_out in file.parents:
            continue
        content = file.read_bytes()
        for name, needle in needles.items():
            if needle in content:
                places.setdefault(name, []).append(str(file.relative_to(directory)))
    return places


def files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file() and path.suffix != ".jar")


async def metrics(http: aiohttp.ClientSession, urls: dict[str, str]) -> bytes:
    texts = []
    for url in urls.values():
        async with http.get(f"{url}/metrics") as response:
            texts.append(await response.read())
    return b"".join(texts)


async def test_canaries_in_what_was_handed_in_are_found_nowhere(
    running: Running, postgres_files: Path | None
) -> None:
    # Given hand-ins, good and bad, with canaries wherever text can stand
    canary = f"canary-{uuid.uuid4().hex}"
    answers = specimen(canary)
    next(one for one in answers["skills"] if one["id"].startswith("tech."))["technology"] = f"{canary}-technology"
    good = json.dumps({"external_id": f"{canary}-employee", "assessment": answers}).encode()
    bad = [
        json.dumps({"external_id": f"{canary}-bad", "assessment": {**answers, f"{canary}-field": 1}}).encode(),
        f'{{"external_id": "{canary}-broken"'.encode(),
        json.dumps({"external_id": 7, "assessment": {**answers, "as_of": f"{canary}"}}).encode(),
    ]
    headers = running.headers | {"Content-Type": "application/json", "Idempotency-Key": f"{canary}-key"}
    status, scored = await running.post("/v1/assessments?wait=20", good, headers)
    assert (status, scored["status"]) == (200, "scored")
    for body in bad:
        refused, _ = await running.post("/v1/assessments", body, headers | {"Idempotency-Key": str(uuid.uuid4())})
        assert refused == 422
    await running.get(f"/v1/assessments/{scored['id']}?{canary}=1", {"Authorization": f"Claim {canary}"})
    person = await running.person.assess()
    needles = {"canary": canary.encode(), "claim code": person.claim_code.encode()}

    # Then no broker segment, database, -wal, log file or metric holds one
    await running.officer.until(await running.officer.size())
    assert found(running.data, needles) == {}
    assert not any(needle in await metrics(running.http, running.stack.urls) for needle in needles.values())
    if postgres_files is not None:
        assert found(postgres_files, needles) == {}


async def test_after_an_erasure_no_byte_of_the_key_is_left(running: Running) -> None:
    if not running.on_sqlite:
        # PostgreSQL's own log keeps the wrapped key until its epoch is destroyed; the data key is never in it.
        return
    # Given a person's data key, as only consent can unwrap it
    assessed = await running.person.assess()
    secrets = running.stack.place.secrets
    alias, epoch, wrapped = newest_person(running.stack.data / "consent.db")
    data_key = unwrap(FileRootKey(secrets).tenant_key(epoch, "individuals"), wrapped, alias)
    needles = {"data key": data_key, "wrapped key": wrapped}
    needles |= {domain: derive(data_key, domain).key for domain in DOMAINS}
    assert found(running.data, needles, secrets) != {}, "the search finds what is there"

    # When the person is erased
    await running.person.erase(assessed.claim_code)

    # Then neither the key nor what was derived from it stands in any file
    assert found(running.data, needles, secrets) == {}


def newest_person(database: Path) -> tuple[str, int, bytes]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        row = connection.execute(
            "SELECT alias, epoch, wrapped_key FROM persons WHERE tenant = 'individuals' AND state = 'active' "
            "ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
    alias, epoch, wrapped = row
    return alias, epoch, wrapped
