"""A released version stays what it was: results name its hash, and are replayed under it."""

import hashlib
import json

import pytest

from services.methodology import load
from services.methodology.version import PUBLISHED

RELEASED = {"1": "sha256:414200df8aca4b3a8a2dd6627deec60d65dd34992aa4e2e25d1c23253f66ead2"}
"""By version, the hash over its core when it was released. A line is added with a version and never changed."""

ANSWERS = {
    "as_of": "2026-11",
    "profile": "core+income",
    "occupations": [{"code": "15-1252.00", "share": 700}, {"code": "29-1141.00", "share": 300}],
    "activities": [{"occupation": "29-1141.00", "id": "rest", "factor": 2000}],
    "skills": [{"id": "2.C.4.a", "level": 3, "months": 14}, {"id": "2.C.3.a", "level": 2, "months": 40}],
    "knowledge": [{"id": "2.C.10", "level": 1}],
    "behaviours": [{"id": "ai.used", "level": 3}, {"id": "learning.feedback", "level": 2}],
    "income": {
        "currency": "EUR",
        "largest_source": 300_000,
        "sources_total": 410_000,
        "expenses": 250_000,
        "reserve": 700_000,
        "months_covered": 11,
    },
}
"""Two occupations, a mix of one's own, faded skills, an income, and answers left open."""

DOCUMENTS = {"1": "5a34fd35c6e0ec93536399e7538dce5cb436a6a50c91c3dd9d1cfaabb156d4ec"}
"""By version, the SHA-256 of the three documents that it makes of these answers, as JSON."""


@pytest.mark.parametrize("version", PUBLISHED)
def test_a_released_version_is_never_changed(version: str) -> None:
    assert load(version).hash == RELEASED.get(version), (
        f"What decides a question or a result of methodology {version} is not what was released. Changed questions, "
        "figures or formulas are a further version beside this one; what only advises belongs into its edition, what "
        "only tells of it into its publication."
    )


@pytest.mark.parametrize("version", PUBLISHED)
def test_a_released_version_makes_the_same_bytes_whatever_changes_around_it(version: str) -> None:
    made = json.dumps(load(version).score(ANSWERS).documents()).encode()
    assert hashlib.sha256(made).hexdigest() == DOCUMENTS[version]


def test_no_released_version_is_taken_back() -> None:
    assert list(PUBLISHED) == list(RELEASED) == list(DOCUMENTS)
