"""What somebody meant who named an occupation by a title, said beside the fault. Of single documents, and the first
of a dry run: a search takes milliseconds, which a stream of lines that are all wrong should not cost.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from schemas.faults import Fault
from services.methodology.misnamed import misnamed
from services.methodology.version import Version


def name_occupation(faults: Sequence[Fault]) -> bool:
    """Whether something may have been meant."""
    return any(fault.pointer.endswith("/code") for fault in faults)


async def suggested(faults: Sequence[Fault], raw: bytes, version: Version, language: str) -> list[Fault]:
    """The same faults of a hand-in; those of occupations that have not the form of a code name the nearest titles."""
    if not name_occupation(faults):
        return list(faults)
    document = msgspec.json.decode(raw)
    found = await asyncio.to_thread(misnamed, version, document.get("assessment"), language)
    meant = {f"/assessment/occupations/{place}/code": right for place, right in found.items()}
    return [Fault(fault.pointer, meant.get(fault.pointer, fault.detail)) for fault in faults]
