"""What the forms of the console ask for alike: a purpose, and days."""

from datetime import date, datetime

from infra.pages.visit import Visit


def day_of(text: str) -> date:
    """The day that is written `2026-11-23`. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d").date()


def is_day(text: str) -> bool:
    """Whether it is a day, or nothing."""
    try:
        return not text or day_of(text).year < 9999
    except ValueError:
        return False


def purpose_fits(purpose: str) -> bool:
    """Whether a purpose is stated, in one line."""
    return 3 <= len(purpose) <= 300 and purpose.isprintable()


def purpose_mistake(visit: Visit) -> str:
    """What a purpose must be."""
    return visit.says("State the purpose in 3 to 300 characters, for example the file number of a complaint.")
