"""The interfaces as they were published last, in docs/contracts."""

from pathlib import Path

import orjson

from infra.clock import now
from services.contracts.break_found import Break
from services.contracts.documents import Document, documents
from services.contracts.rules import breaks

PLACE = Path(__file__).parents[2] / "docs" / "contracts"


def last(name: str) -> Document | None:
    """The document that was published last under this name."""
    file = PLACE / name
    published: Document | None = orjson.loads(file.read_bytes()) if file.exists() else None
    return published


def differences() -> list[Break]:
    """What of the present interfaces breaks clients of those published last."""
    present, today = documents(), now().date()
    published = {file.name: last(file.name) for file in PLACE.glob("*.json")}
    gone = [
        Break("document-removed", name, "there is no such interface any more") for name in published.keys() - present
    ]
    kept = ((published[name], document) for name, document in present.items() if name in published)
    return [*gone, *(one for was, document in kept if was is not None for one in breaks(was, document, today))]


def published_version() -> str:
    """The version of the interfaces that were published last."""
    versions: list[str] = [
        document["info"]["version"] for name in documents() if (document := last(name)) is not None
    ]
    return max(versions, key=_numbers)


def announces_break(was: str, now: str) -> bool:
    """Whether the later version says that it breaks who uses the earlier: by its major number, before 1.0.0 by its
    minor (Semantic Versioning 2.0.0, 4 and 8).
    """
    before, after = _numbers(was), _numbers(now)
    return after[0] > before[0] or (before[0] == after[0] == 0 and after[1] > before[1])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def publish() -> None:
    """Write them."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (PLACE / name).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
