"""In which form an answer is given: as `Accept` prefers among the forms that there are (RFC 9110, 12.5.1)."""

from collections.abc import Iterator, Sequence

LONGEST_HEADER = 500
ANY = "*/*"


def preferred(header: str, among: Sequence[str]) -> str:
    """The media type that an `Accept` header wants most; of equal ones the first of `among`.

    The first is given also where none is wanted: a form that was not asked for serves better than none.
    """
    wanted = dict(_weighed(header[:LONGEST_HEADER]))
    weights = [_weight(one, wanted) for one in among]
    return among[weights.index(max(weights))]


def _weight(media_type: str, wanted: dict[str, float]) -> float:
    """That of the most specific range which holds the type."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", ANY)
    return next((wanted[one] for one in ranges if one in wanted), 0.0)


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    """Each range with its weight; parameters but the weight are left aside, and so is what is malformed."""
    for part in header.split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        given = [one.removeprefix("q=") for one in parameters if one.startswith("q=")]
        try:
            weight = float(given[0]) if given else 1.0
        except ValueError:
            continue
        if name and 0 <= weight <= 1:
            yield name, weight
