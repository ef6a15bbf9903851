"""What was measured of this version before it was published, as ``measure`` found it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("measured.json")


@cache
def measured() -> dict[str, Any]:
    """Spread, edges, ties and the effect of the weights; read once in a process."""
    loaded: dict[str, Any] = json.loads(PATH.read_bytes())
    return loaded
