"""The page of limits: what holds of every result, what is not claimed, response quality, and the change notes."""

from pathlib import Path

from services.methodology.v1.text import limits, not_claimed
from services.methodology.version import Version

CHANGES = Path(__file__).with_name("changes.md")


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def limits_page(version: Version) -> str:
    """Limits in English, and the change notes as they stand in ``changes.md``."""
    changes = CHANGES.read_text(encoding="utf-8").rstrip()
    return f"""# Limits of methodology {version.id}

## Of every result

{_listed(limits())}

## Not claimed

{_listed(not_claimed())}

## Response quality

Signs of careless answering come in four independent groups: time (only where it was supplied, with notice), the same
level everywhere, an instructed item, and pairs that contradict each other. Two groups raise a flag. It never changes a
score and never reaches an employer as a judgement of the person.

## Change notes

{changes}
"""
