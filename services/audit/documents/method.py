"""What the documents say of the published methodology: read from the versions themselves. Pure."""

from typing import Any

from infra.documents.page import table
from services.audit.documents.grounds import Grounds
from services.audit.documents.indices import Indices
from services.methodology.version import PUBLISHED, load

INTENDED_PURPOSE = (
    "To tell people how resilient their occupation and skills are to change, with the reasons and what would change "
    "it, from what they say of their work. It is not meant for hiring, promotion, pay or dismissal, not for ranking "
    "people, and infers no emotion (AI Act Art. 5(1)(f))."
)


def bullets(lines: list[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def versions(found: Grounds) -> str:
    """Each published version with its hash and the decisions that it made; a hash that is not published is named."""
    published = {load(version).hash: version for version in PUBLISHED}
    seen = {**dict.fromkeys(published, Indices()), **found.methodologies}
    rows = (
        (published.get(name, "not published by this software"), name, f"{one.count:,}", str(one))
        for name, one in sorted(seen.items(), key=lambda row: published.get(row[0], ""))
    )
    return table(("Version", "Hash of all its data and code", "Entries", "Leaf indices"), rows)


def software(found: Grounds) -> str:
    """Each version of the software that wrote entries."""
    rows = ((name, f"{one.count:,}", str(one)) for name, one in sorted(found.software.items()))
    return table(("Software", "Entries", "Leaf indices"), rows)


def dimensions() -> str:
    """The newest version's dimensions with weights and the errors that are assumed for each."""
    rows = (
        (
            str(one["name"]),
            f"{one['weights']['core']} %",
            f"{one['weights']['core+income']} %",
            _points(one["measurement_error_hundredths"]),
            _points(one["reference_error_hundredths"]),
        )
        for one in _published()["dimensions"]
    )
    return table(("Dimension", "core", "core+income", "Measurement error", "Error of reference data"), rows)


def data_sources() -> str:
    """The reference data of the newest version: publisher, release, date, licence."""
    rows = {
        (str(one["publisher"]), str(one["release"]), str(one["date"]), str(one["licence"]))
        for one in _published()["sources"].values()
    }
    return table(("Publisher", "Release", "Date", "Licence"), sorted(rows))


def limits() -> str:
    """What holds of every result."""
    return bullets(load().limits())


def not_claimed() -> str:
    """What the newest version does not claim."""
    return bullets(_published()["not_claimed"])


def _published() -> dict[str, Any]:
    return load().published()


def _points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02} points"
