"""The smallest set of changes, against every set there is."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from services.methodology.v1.advice.changes import Changeable, Option
from services.methodology.v1.advice.smallest import smallest

gains = st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True).map(sorted)


def built(number: int, item_gains: list[int], skipped: int) -> Changeable:
    options = tuple(Option(step, step + skipped, gain) for step, gain in enumerate(item_gains, 1))
    return Changeable(f"item.{number}", 0, 0, None, options)


small = st.lists(st.tuples(gains, st.integers(0, 1)), min_size=1, max_size=6).map(
    lambda drawn: tuple(built(number, *one) for number, one in enumerate(drawn))
)


def every_choice(items: tuple[Changeable, ...]) -> list[tuple[tuple[Changeable, Option], ...]]:
    return [
        tuple(zip(chosen, options, strict=True))
        for count in range(1, len(items) + 1)
        for chosen in combinations(items, count)
        for options in product(*(item.options for item in chosen))
    ]


@given(small, st.integers(1, 200))
def test_no_choice_that_reaches_it_is_smaller(items: tuple[Changeable, ...], needed: int) -> None:
    # Given every set of options that reaches what is needed
    reaching = [one for one in every_choice(items) if sum(option.gain for _, option in one) >= needed]
    # When the smallest is asked for
    choice = smallest(items, needed)
    # Then it is the first of them by number of items, number of steps and ids, or there is none
    sizes = [(len(one), sum(o.steps for _, o in one), [item.id for item, _ in one]) for one in reaching]
    if choice is None:
        assert not sizes
    else:
        assert choice.gain >= needed
        assert (len(choice.changes), choice.steps, [item.id for item, _ in choice.changes]) == min(sizes)


@given(small, st.integers(1, 200))
def test_the_proof_shows_that_one_item_fewer_falls_short(items: tuple[Changeable, ...], needed: int) -> None:
    choice = smallest(items, needed)
    best = sorted((item.most for item in items), reverse=True)
    if choice is None:
        assert sum(best) < needed
    else:
        assert list(choice.fewer) == best[: len(choice.changes) - 1]
        assert sum(choice.fewer) < needed <= sum(choice.enough)
