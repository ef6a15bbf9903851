"""What is held back from an organisation: a result that crosses a boundary of its own, until a human has decided.

Scoring has sealed for `result` which limits the band crosses. The hold is not stored but read from that each time, so
that no database tells how near somebody's score lies to a limit.
"""

from infra.crypto.sealed import Context, open_sealed
from schemas.boundary import OVERSIGHT_SCHEMA, Use, unpacked
from schemas.keys import ReleasedKey
from schemas.topics import SCORED
from services.intake.assessments.rows import Row

AWAITING = "awaiting-review"
OVERRULED = "overruled"
HELD_BACK = {
    AWAITING: "Its band crosses a boundary that you have set: a human decides before it is passed on.",
    OVERRULED: "Its band crosses a boundary that you have set, and a human does not uphold it.",
}


def held_back(row: Row, key: ReleasedKey) -> str | None:
    """Why this result is not passed on to its organisation; None where it is. The key opens results."""
    if not crossed(row, key):
        return None
    if row.decision is None:
        return AWAITING
    return OVERRULED if row.decision == "overruled" else None


def crossed(row: Row, key: ReleasedKey) -> dict[Use, int]:
    """The organisation's limits that the band of this result crosses."""
    if row.oversight is None:
        return {}
    place = Context(row.tenant, row.alias or "", SCORED.name, OVERSIGHT_SCHEMA, row.id, key.key_id)
    return unpacked(open_sealed(key.subkeys["result"], row.oversight, place))
