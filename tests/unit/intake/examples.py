"""Hand-ins as they arrive."""

import json
from typing import Any

from services.methodology.specimen import specimen


def employee(seed: str = "employee", **changed: Any) -> dict[str, Any]:
    return {"assessment": specimen(seed) | changed, "external_id": f"staff-{seed}"}


def person(seed: str = "person", *, purposes: tuple[str, ...] = ("scoring",), of_age: bool = True) -> dict[str, Any]:
    consent = {"notice": "individuals-1", "language": "en", "purposes": list(purposes), "of_age": of_age}
    return {"assessment": specimen(seed), "consent": consent}


def raw(document: object) -> bytes:
    return json.dumps(document).encode()


async def no_limits(_: str) -> None:
    """Of an organisation that has set no boundary."""
