"""`careerpulse replay`: does the published methodology still give what was decided?"""

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import aiohttp
import click
from marshmallow import ValidationError

from schemas.answers import Answers
from services.intake.advice.replay import NotReplayed, Verdict, replay_record, replay_result

CLAIM, TOKEN = "CAREERPULSE_CLAIM", "CAREERPULSE_TOKEN"
OTHER_BYTES, NOT_REPLAYED = 1, 3
_ID = re.compile("[0-9a-f]{32}")
_TIMEOUT = aiohttp.ClientTimeout(total=30)


@click.command()
@click.argument("assessment")
@click.option(
    "--intake", envvar="INTAKE_URL", default="http://127.0.0.1:8080", show_default=True, help="Its address."
)
@click.option(
    "--answers",
    type=click.File("r", encoding="utf-8"),
    help="For an organisation: the assessment as it was handed in, as JSON.",
)
def replay(assessment: str, intake: str, answers: TextIO | None) -> None:
    """Compute a past ASSESSMENT again under its own version on this machine, and compare bytes.

    A person proves who they are by the claim code in CAREERPULSE_CLAIM, or is asked for it; an organisation by its
    access token in CAREERPULSE_TOKEN, and gives the answers that it handed in. Neither is taken from the command
    line, which other users of a machine can read. Exit code 0: the same bytes; 1: other bytes; 3: it was not
    replayed, and why is on standard error.
    """
    try:
        if _ID.fullmatch(assessment) is None:
            raise NotReplayed("an assessment is named by its id, 32 hexadecimal digits.")
        verdict = asyncio.run(_verdict(f"{intake.rstrip('/')}/v1/assessments/{assessment}", answers))
    except NotReplayed as error:
        click.echo(f"not replayed: {error}", err=True)
        sys.exit(NOT_REPLAYED)
    for one in verdict.parts:
        click.echo(f"{one.part:16} {'same bytes' if one.same else 'OTHER BYTES'}")
    said = "the same bytes" if verdict.same else "other bytes: the record is not what this version gives"
    click.echo(f"replayed under methodology {verdict.version} ({verdict.hash}): {said}")
    sys.exit(0 if verdict.same else OTHER_BYTES)


async def _verdict(place: str, answers: TextIO | None) -> Verdict:
    token = os.environ.get(TOKEN)
    if token is not None:
        if answers is None:
            raise NotReplayed("an organisation gets no answers back; name those it handed in with --answers FILE.")
        handed_in = _read(answers)
        result = (await _get(place, f"Bearer {token}")).get("result")
        if result is None:
            raise NotReplayed("the assessment has no result yet.")
        return replay_result(result, handed_in)
    claim = os.environ.get(CLAIM) or click.prompt("Claim code", hide_input=True)
    return replay_record(await _get(f"{place}/record", f"Claim {claim}"))


async def _get(address: str, authorization: str) -> Mapping[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(address, headers={"Authorization": authorization}, allow_redirects=False) as response,
        ):
            answer: Mapping[str, Any] = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise NotReplayed(f"intake does not answer at the address given: {type(error).__name__}.") from None
    if response.status != 200:
        raise NotReplayed(f"{answer.get('title')}. {answer.get('detail', '')}".strip())
    return answer


def _read(file: TextIO) -> Mapping[str, Any]:
    """The answers, alone or as the `assessment` of a hand-in."""
    try:
        document = json.load(file)
        loaded: Mapping[str, Any] = Answers().load(document.get("assessment", document))
    except (ValidationError, ValueError, AttributeError, RecursionError) as error:
        kind = "of another form" if isinstance(error, ValidationError) else "not a JSON object"
        raise NotReplayed(f"the answers are {kind}; POST /v1/assessments:validate names every fault.") from None
    return loaded
