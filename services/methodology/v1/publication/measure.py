"""Measure this version before it is published: ``python -m services.methodology.v1.publication.measure``.

It takes seconds, so pages and the published document read what was found from ``measured.json``; a test measures anew
and compares.
"""

import json
from dataclasses import asdict
from typing import Any

from services.methodology.v1.publication import simulated, spread, ties
from services.methodology.v1.publication.measured import PATH


def measure() -> dict[str, Any]:
    """Spread, edges, ties and the effect of the weights, all in whole numbers.

    Spreads of dimensions are in parts of 10⁸, of scores in units of 10⁻⁸ points, of errors in hundredths of a point.
    """
    people = simulated.simulated()
    return {
        "occupations": {name: asdict(found) for name, found in spread.of_occupations().items()},
        "task_error": asdict(spread.of_task_errors()),
        "market_at_an_end": spread.at_an_end(),
        "people": {name: asdict(found) for name, found in spread.of_people().items()},
        "simulated": {"seed": simulated.SEED, "pairs": simulated.PAIRS, **asdict(people)},
        "pause": simulated.pause(),
        "ties": {"market": asdict(ties.of_market()), "decided_by_id": ties.decided_by_id()},
        "effect_of_weights": {"draws": spread.DRAWS, **asdict(spread.effect_of_weights())},
    }


def serialised() -> str:
    return json.dumps(measure(), indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(serialised(), encoding="utf-8")
    print(PATH.name)
