"""What a person wrote is found nowhere on disk; after the erasure the key's bytes are found nowhere either."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.crypto.root_key import unwrap
from infra.crypto.root_keys.file import FileRootKey
from infra.crypto.subkeys import DOMAINS, derive
from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running


def found(directory: Path, needles: dict[str, bytes]) -> dict[str, list[str]]:
    """In which files each needle stands."""
    places: dict[str, list[str]] = {}
    for file in files(directory):
        content = content_of(file)
        for name, needle in needles.items():
            if needle in content:
                places.setdefault(name, []).append(str(file.relative_to(directory)))
    return places


def files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file() and path.suffix != ".jar")


def content_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""  # rolled away between the listing and the reading


async def metrics(http: aiohttp.ClientSession, urls: dict[str, str]) -> bytes:
    texts = []
    for url in urls.values():
        async with http.get(f"{url}/metrics") as response:
            texts.append(await response.read())
    return b"".join(texts)


async def test_canaries_in_what_was_handed_in_are_found_nowhere(running: Running) -> None:
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
    shown = await metrics(running.http, running.stack.urls)
    assert not any(needle in shown for needle in needles.values())
    if running.postgres is not None:
        assert found(running.postgres, needles) == {}


async def test_after_an_erasure_no_byte_of_the_key_is_left(running: Running) -> None:
    # Given a person's data key, as only consent can unwrap it
    assessed = await running.person.assess()
    secrets = running.stack.place.secrets
    alias, epoch, wrapped = await newest_person(running.stack.place.databases["consent"])
    data_key = unwrap(FileRootKey(secrets).tenant_key(epoch, "individuals"), wrapped, alias)
    needles = {"data key": data_key} | {domain: derive(data_key, domain).key for domain in DOMAINS}
    if running.postgres is None:
        # PostgreSQL's own log keeps the wrapped key until its epoch is destroyed.
        needles["wrapped key"] = wrapped
        assert found(running.data, {"wrapped key": wrapped}) != {}, "the search finds what is there"

    # When the person is erased
    await running.person.erase(assessed.claim_code)

    # Then neither the key nor what was derived from it stands in any file
    for directory in filter(None, (running.data, running.postgres)):
        assert found(directory, needles) == {}


async def newest_person(url: str) -> tuple[str, int, bytes]:
    engine = create_async_engine(url)
    query = "SELECT p.alias, p.epoch, p.wrapped_key FROM persons p JOIN records r ON r.alias = p.alias"
    async with engine.connect() as connection:
        newest = await connection.execute(text(f"{query} WHERE p.state = 'active' ORDER BY r.sequence DESC LIMIT 1"))
        alias, epoch, wrapped = newest.one()
    await engine.dispose()
    return alias, epoch, bytes(wrapped)
