"""A person's whole way: find the questions, try, hand in, be advised, come again, replay, take everything back."""

import asyncio
import json
import uuid
from hashlib import sha256
from typing import Any

from click.testing import CliRunner

from schemas.entry import canonical
from services.cli import main
from services.intake.signals_cli import ask
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.acceptance.conftest import Running
from tests.acceptance.test_nothing_in_the_clear import found
from tests.market_signal import SIGNAL

ADVICE = ("forecast", "plan", "counterfactual", "qualification")
JSON = {"Content-Type": "application/json"}


def hand_in(code: str, level: int, as_of: str) -> bytes:
    answers = specimen("own", profile="core+income", codes=(code,), as_of=as_of)
    answers["behaviours"] = [{**one, "level": level} for one in answers["behaviours"]]
    consent = {"notice": "individuals-1", "language": "en", "purposes": ["scoring"], "of_age": True}
    return json.dumps({"assessment": answers, "consent": consent}).encode()


async def replayed(running: Running, assessment: str, claim: str) -> tuple[int, str]:
    runner = CliRunner(env={"CAREERPULSE_CLAIM": claim, "CAREERPULSE_TOKEN": None})
    run = await asyncio.to_thread(runner.invoke, main, ["replay", assessment, "--intake", running.intake])
    return run.exit_code, run.output


async def test_a_person_finds_the_questions_is_advised_compares_replays_and_erases(running: Running) -> None:
    # Given a person who looks up an occupation and its questions, with a canary in a query
    canary = f"canary-{uuid.uuid4().hex}"
    anonymous = {"Accept": "application/json"}
    assert (await running.get(f"/v1/occupations?q={canary}", anonymous))[0] == 200
    _, listed = await running.get("/v1/occupations?q=sofware+develper", anonymous)
    code = listed["occupations"][0]["code"]
    status, asked = await running.get(f"/v1/questionnaires/1?occupation={code}&profile=core%2Bincome", anonymous)
    assert (status, asked["occupations"][0]["code"]) == (200, code)
    # and tries the answers before handing them in
    status, tried = await running.post("/v1/assessments:validate", hand_in(code, 0, "2026-01"), JSON)
    assert (status, tried["valid"]) == (200, True)

    # When she hands in twice under one claim code
    _, first = await running.post("/v1/assessments?wait=20", hand_in(code, 0, "2026-01"), JSON)
    claim = {"Authorization": f"Claim {first['claim_code']}"}
    _, second = await running.post("/v1/assessments?wait=20", hand_in(code, 4, "2026-11"), JSON | claim)
    assert (first["status"], second["status"]) == ("scored", "scored")

    # Then she, and no organisation, is advised
    answers: dict[str, Any] = json.loads(hand_in(code, 0, "2026-01"))["assessment"]
    for name in ADVICE:
        status, told = await running.get(first["links"][name], claim)
        assert (status, told["methodology"]["hash"]) == (200, load().hash)
        assert (await running.get(first["links"][name]))[0] == 403
    _, plan = await running.post(
        f"{first['links']['plan']}?lang=de", b'{"hours_per_month": 20, "months": 6}', JSON | claim
    )
    assert plan == json.loads(json.dumps(load().plan(answers, 20, 6, "de")))
    # and is told the score with her income, which no organisation is
    trail = load().score(answers).trail()
    assert first["with_income"]["score"] == trail["explanations"][1]["score"]
    assert (await running.get(first["links"]["trail"], claim)) == (200, json.loads(json.dumps(trail)))
    assert (await running.get(first["links"]["trail"]))[0] == 403
    # and sees what changed
    _, series = await running.get(first["links"]["series"], claim)
    (changed,) = series["changes"]
    assert (changed["earlier"], changed["later"], changed["verdict"]) == (first["id"], second["id"], "risen")
    # and replays both to the byte, down to the entry of the log
    for assessment in (first["id"], second["id"]):
        exit_code, output = await replayed(running, assessment, first["claim_code"])
        assert (exit_code, output.count("same bytes")) == (0, 4), output

    # When she takes everything back
    await running.person.erase(first["claim_code"])
    # Then nothing is told or replayed any more, and no query was written down
    assert (await running.get(first["links"]["plan"], claim))[0] == 401
    assert (await replayed(running, first["id"], first["claim_code"]))[0] == 3
    assert found(running.data, {"query": canary.encode()}) == {}


async def test_a_signal_of_the_operator_is_told_to_everybody_and_stands_in_the_log(running: Running) -> None:
    socket, anonymous = running.stack.place.admin_socket("intake"), {"Accept": "application/json"}
    signal = SIGNAL | {"id": f"harbours-{uuid.uuid4().hex}"}
    # When the operator adds a signal
    size = await running.officer.size()
    await ask(socket, "POST", "/signals", signal)
    # Then everybody is told it, with who, source and time
    _, told = await running.get("/v1/market-signals", anonymous)
    (added,) = [one for one in told["signals"] if one["id"] == signal["id"]]
    assert added == {**signal, "added": True, "added_at": added["added_at"]}
    # and the log has an entry of it that whoever kept the answer can recompute
    await running.officer.until(size + 1)
    entry = json.loads((await running.officer.newest("signal-changed")).entry)
    changed = canonical({"change": "added", "signal": signal})
    assert entry["payload"] == f"sha256:{sha256(changed).hexdigest()}"
    assert (entry["actor"], entry["source"]) == ("operator", "outbox/intake")
