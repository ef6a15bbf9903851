"""Build the integer tables of the advice: ``python -m services.methodology.v1.advice.build``.

Exact fractions in, integers out, canonical JSON (sorted keys, no spaces): the same source tables give the same
bytes on every machine; a test rebuilds them and compares.
"""

import json
from typing import Any

from services.methodology.v1.advice.adoption_table import SLOPES, adoption
from services.methodology.v1.advice.exposure_table import potentials, shifts, shifts_of_the_rest
from services.methodology.v1.advice.figures import PATH
from services.methodology.v1.advice.profile_table import elements, moves, profiles, terms


def build() -> dict[str, Any]:
    """All tables of the advice, as plain JSON values."""
    return {
        "adoption": {speed: adoption(slope) for speed, slope in SLOPES.items()},
        "potentials": potentials(),
        "shifts": shifts(),
        "shifts_of_the_rest": shifts_of_the_rest(),
        "elements": list(elements()),
        "profiles": profiles(),
        "moves": moves(),
        "terms": terms(),
    }


def serialised() -> bytes:
    return json.dumps(build(), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


if __name__ == "__main__":
    PATH.write_bytes(serialised())
    print(f"{PATH.name}: {PATH.stat().st_size:,} bytes")
