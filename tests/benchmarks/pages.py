"""What each page costs the server, from the request to the last byte, on the running services: median and 95 %."""

import asyncio
import json
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp

from infra.local.stack import Stack
from schemas.topics import TOPICS
from services.cli import RUN_SERVICE
from services.methodology.specimen import specimen
from tests.benchmarks.figures import table

TIMES = 100
CODE = "15-1252.00"
PUBLIC = ("/", "/assessment", "/privacy-notice", "/accessibility", "/result")
OWN = ("", "/outlook", "/plan", "/what-if", "/paths", "/income")
STEPS = ("occupation", "tasks", "skills", "habits", "income", "consent")


async def took(http: aiohttp.ClientSession, address: str, form: dict[str, str] | None) -> tuple[float, int]:
    """Milliseconds and bytes of one page."""
    started = perf_counter()
    async with http.request("GET" if form is None else "POST", address, data=form, allow_redirects=False) as answer:
        body = await answer.read()
        answer.raise_for_status()
    return (perf_counter() - started) * 1e3, len(body)


async def result(http: aiohttp.ClientSession, intake: str) -> str:
    """The address of the result of one person, who has entered the claim code."""
    consent = {"notice": "individuals-1", "language": "en", "purposes": ["scoring"], "of_age": True}
    hand_in = {"assessment": specimen("pages", profile="core+income", codes=(CODE,)), "consent": consent}
    headers = {"Content-Type": "application/json"}
    async with http.post(f"{intake}/v1/assessments?wait=20", data=json.dumps(hand_in), headers=headers) as answer:
        told = await answer.json()
    async with http.post(f"{intake}/result", data={"claim": told["claim_code"]}) as answer:
        answer.raise_for_status()
    return f"{intake}/result/{told['id']}"


async def measure() -> None:
    rows = []
    with TemporaryDirectory() as directory:
        async with (
            Stack(Path(directory), RUN_SERVICE, TOPICS, broker="apache", ports="free") as stack,
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
        ):
            intake = stack.urls["intake"]
            pages: dict[str, tuple[str, dict[str, str] | None]] = {path: (intake + path, None) for path in PUBLIC}
            for step in STEPS:
                pages[f"/assessment ({step})"] = (f"{intake}/assessment", {"step": step, "occupation": CODE})
            costs = {name: [await took(http, *asked) for _ in range(TIMES)] for name, asked in pages.items()}
            own = await result(http, intake)
            for part in OWN:
                costs[f"/result/…{part}"] = [await took(http, own + part, None) for _ in range(TIMES)]
    for name, found in costs.items():
        cuts = quantiles([milliseconds for milliseconds, _ in found], n=20)
        rows.append((name, f"{cuts[9]:.1f}", f"{cuts[18]:.1f}", f"{found[-1][1]:,}"))
    table(("page", "median ms", "95 % ms", "bytes"), rows)


def run() -> None:
    asyncio.run(measure())
