"""The public look-ups: occupations by title, questionnaires, signals, methodology. Nobody says who they are.

They are functions of the address and of what is published, so anybody may keep the answers; no query is logged.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from aiohttp import web

from infra.http.cacheable import cacheable, cacheable_file
from infra.http.languages import ACCEPT_LANGUAGE, spoken_in
from infra.http.operation import Answer, Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, not_found
from infra.version import SOFTWARE
from schemas.answers import PROFILES
from schemas.entry import canonical
from schemas.lookup import (
    MarketSignalsListed,
    MethodologyDocument,
    OccupationsFound,
    PublishedVersions,
    Questionnaire,
)
from services.intake.contract import LANGUAGE, NOT_MODIFIED
from services.intake.market_signals import MarketSignals
from services.intake.occupations import misfits
from services.methodology.misnamed import CODE, meant
from services.methodology.search import LONGEST_QUERY, Match, search
from services.methodology.version import PUBLISHED, UnknownVersion, Version, load

FOUND, MOST_FOUND = 10, 50
MOST_OCCUPATIONS = 3
_KINDS = {".py": "text/x-python", ".json": "application/json"}
_SIGNALS_DIGITS = 16
KEPT_SECONDS = 60
"""How long an answer about signals may be kept: the operator can add one at any time."""
_HASH_DIGITS = slice(len("sha256:"), len("sha256:") + 16)


_QUERY = Parameter(
    "q",
    "What people call the work, such as nurse.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
    required=True,
)
_LIMIT = Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": FOUND})
_OCCUPATION = Parameter(
    "occupation",
    "One to three occupations by their codes, together.",
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_OCCUPATIONS,
        "items": {"type": "string", "pattern": f"^{CODE.pattern}$", "examples": ["15-1252.00"]},
    },
    required=True,
)
_PROFILE = Parameter("profile", "What is scored.", {"type": "string", "enum": list(PROFILES), "default": PROFILES[0]})


class Lookups:
    """The handlers. `version` is the newest one, by which occupations are looked up."""

    def __init__(self, version: Version, signals: MarketSignals) -> None:
        self._version = version
        self._signals = signals

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/occupations", self.occupations),
            web.get("/v1/questionnaires/{version:[0-9.]{1,20}}", self.questionnaire),
            web.get("/v1/market-signals", self.signals),
            web.get("/v1/methodology", self.versions),
            web.get("/v1/methodology/{version:[0-9.]{1,20}}", self.methodology),
            web.get("/v1/methodology/{version:[0-9.]{1,20}}/{file:[a-z.]{1,20}}", self.reference),
        ]

    @operation(
        name="search_occupations",
        query=(_QUERY, _LIMIT, LANGUAGE),
        headers=(ACCEPT_LANGUAGE,),
        answers={200: json_of(OccupationsFound), 304: NOT_MODIFIED},
        problems=(422, 429),
    )
    async def occupations(self, request: web.Request) -> web.Response:
        """`?q=`: the occupations best found by what people call them, titles without figures among them."""
        asked = Parameters(request, "q", "limit", "lang")
        query = asked.one("q") or ""
        if not 1 <= len(query.strip()) <= LONGEST_QUERY:
            asked.fault("q", f"Must be 1 to {LONGEST_QUERY} characters: what people call the work, such as nurse.")
        limit = asked.number("limit", 1, MOST_FOUND, FOUND)
        spoken = spoken_in(request, asked, self._version.languages)
        asked.settle()
        found = await asyncio.to_thread(search, query, limit, spoken.language)
        told = {"version": self._version.id, "occupations": [self._found(one, spoken.language) for one in found]}
        return cacheable(request, told, validator(self._version), spoken=spoken)

    @operation(
        query=(_OCCUPATION, _PROFILE, LANGUAGE),
        headers=(ACCEPT_LANGUAGE,),
        answers={200: json_of(Questionnaire), 304: NOT_MODIFIED},
        problems=(404, 422, 429),
    )
    async def questionnaire(self, request: web.Request) -> web.Response:
        """`?occupation=` (one to three), `&profile=`, `&lang=`: what is asked, with anchors and JSON Schema."""
        version = published(request)
        asked = Parameters(request, "occupation", "profile", "lang")
        spoken = spoken_in(request, asked, version.languages)
        codes = _codes(version, asked, spoken.language)
        profile = _profile(asked)
        asked.settle()
        told = version.questionnaire(*codes, profile=profile, language=spoken.language)
        return cacheable(request, told, validator(version), spoken=spoken)

    @operation(
        name="market_signals",
        query=(LANGUAGE,),
        headers=(ACCEPT_LANGUAGE,),
        answers={200: json_of(MarketSignalsListed), 304: NOT_MODIFIED},
        problems=(422, 429),
    )
    async def signals(self, request: web.Request) -> web.Response:
        """Market signals as they stand beside a score: dated, with publisher and grade, part of no score.

        Those that the operator has added are marked, with source, time and who answers for them.
        """
        asked = Parameters(request, "lang")
        spoken = spoken_in(request, asked, self._version.languages)
        asked.settle()
        added = await self._signals.listed()
        seen = sha256(canonical(added)).hexdigest()[:_SIGNALS_DIGITS]
        told = self._version.signals(added, spoken.language)
        return cacheable(request, told, f"{validator(self._version)}-{seen}", KEPT_SECONDS, spoken=spoken)

    @operation(
        name="methodology_versions",
        answers={200: json_of(PublishedVersions), 304: NOT_MODIFIED},
        problems=(422, 429),
    )
    async def versions(self, request: web.Request) -> web.Response:
        """Every published version, the newest last."""
        Parameters(request).settle()
        listed = [_listed(load(one)) for one in PUBLISHED]
        return cacheable(request, {"newest": self._version.id, "versions": listed}, validator(self._version))

    @operation(
        query=(LANGUAGE,),
        headers=(ACCEPT_LANGUAGE,),
        answers={200: json_of(MethodologyDocument), 304: NOT_MODIFIED},
        problems=(404, 422, 429),
    )
    async def methodology(self, request: web.Request) -> web.Response:
        """Formulas, weights, sources, limits, change notes and a worked example of one version."""
        version = published(request)
        asked = Parameters(request, "lang")
        spoken = spoken_in(request, asked, version.languages)
        asked.settle()
        told = {**version.published(spoken.language), "worked_example": _worked(version), "links": _links(version)}
        return cacheable(request, told, validator(version), spoken=spoken)

    @operation(
        name="methodology_reference",
        answers={200: Answer({kind: {"type": "string"} for kind in _KINDS.values()}), 304: NOT_MODIFIED},
        problems=(404, 422, 429),
    )
    async def reference(self, request: web.Request) -> web.Response:
        """`standalone.py` and `tables.json` of one version: laid beside each other, they compute a score again."""
        version, name = published(request), request.match_info["file"]
        Parameters(request).settle()
        if name not in version.reference():
            raise not_found("file")
        kind = _KINDS[PurePosixPath(name).suffix]
        return cacheable_file(request, _bytes(version.reference()[name]), kind, validator(version))

    def _found(self, match: Match, language: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "code": match.code,
            "title": match.title,
            "found_by": match.found_by,
            "found_in": match.found_in,
            "rank": match.rank,
            "status": match.status,
            "note": self._version.text(f"status.{match.status}", language),
        }
        if match.status != "without_figures":
            place = f"/v1/questionnaires/{self._version.id}?occupation={match.code}"
            told["links"] = {"questionnaire": place}
        return told


def published(request: web.Request) -> Version:
    """The version that the address names. Raises Problem (404) naming those that were published."""
    try:
        return load(request.match_info["version"])
    except UnknownVersion as error:
        raise Problem(404, "unknown-version", "No such version", str(error)) from None


def validator(version: Version) -> str:
    """What an answer depends on beside its address: the version, its edition, and the software around it."""
    return f"{version.hash[_HASH_DIGITS]}-{version.edition[_HASH_DIGITS]}-{SOFTWARE}"


@cache
def _worked(version: Version) -> dict[str, Any]:
    """The worked example of the version's pages: the answers, and the score with every item's part in it."""
    answers = version.publication().example()
    scored = version.score(answers)
    return {"answers": answers, "result": scored.result(), "detail": scored.detail()}


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _links(version: Version) -> dict[str, str]:
    place = f"/v1/methodology/{version.id}"
    files = {PurePosixPath(name).stem: f"{place}/{name}" for name in version.reference()}
    return {"self": place, "questionnaire": f"/v1/questionnaires/{version.id}", **files}


def _listed(version: Version) -> dict[str, Any]:
    links = _links(version)
    return {"version": version.id, "hash": version.hash, "edition": version.edition_head(), "links": links}


def _profile(asked: Parameters) -> str:
    """The profile. In a query `+` stands for a space, so that core+income arrives with one where it is unescaped."""
    value = asked.one("profile")
    if value is None:
        return PROFILES[0]
    profile = value.replace(" ", "+")
    if profile not in PROFILES:
        asked.fault("profile", f"Must be one of {', '.join(PROFILES)}.")
    return profile


def _codes(version: Version, asked: Parameters, language: str) -> list[str]:
    """One to three codes that the version knows; what does not fit is told in a language."""
    codes = asked.every("occupation")
    if not 1 <= len(codes) <= MOST_OCCUPATIONS:
        right = f"occupation=15-1252.00, at most {MOST_OCCUPATIONS} times"
        asked.fault("occupation", f"Name one to three occupations by their codes: {right}.")
        return []
    for text in codes:
        if CODE.fullmatch(text) is None:
            asked.fault("occupation", meant(version, text, language))
            return []
    for misfit in misfits(version, codes, language):
        asked.fault("occupation", misfit)
    return codes
