"""Largest remainder (Hamilton's method): whole parts that sum exactly."""

from collections.abc import Sequence


def apportion(numerators: Sequence[int], total: int) -> list[int]:
    """Split ``total`` in proportion to ``numerators`` (not negative, not all 0); ties go to the earlier
    entry.

    The caller orders the entries by item id, so that the order of answers never matters.
    Raises ``ValueError`` where there is nothing to split by.
    """
    whole = sum(numerators)
    if whole <= 0 or min(numerators) < 0:
        raise ValueError("shares must not be negative and their sum must be above 0")
    parts = [total * numerator // whole for numerator in numerators]
    missing = total - sum(parts)
    if missing:
        order = sorted(range(len(parts)), key=lambda place: (-(total * numerators[place] % whole), place))
        for place in order[:missing]:
            parts[place] += 1
    return parts


def settle(numerators: Sequence[int], divisor: int, total: int) -> list[int]:
    """Round each ``numerator / divisor`` (of any sign) so that the parts sum to ``total``, their floored sum.

    Floors first, then one more for the largest remainders; ties go to the earlier entry. ``total`` must be
    ``sum(numerators) // divisor``.
    """
    parts = [numerator // divisor for numerator in numerators]
    missing = total - sum(parts)
    if missing:
        order = sorted(range(len(parts)), key=lambda place: (-(numerators[place] % divisor), place))
        for place in order[:missing]:
            parts[place] += 1
    return parts
