"""Each client has so many long requests open at a time, and the next one is told to come again."""

import pytest

from infra.http.at_once import AtOnce
from infra.http.problems import Problem


def test_beyond_the_bound_a_client_is_told_to_come_again_and_another_is_not() -> None:
    open_ones = AtOnce(2)
    with open_ones.one("acme"), open_ones.one("acme"), open_ones.one("other"):
        with pytest.raises(Problem) as refused, open_ones.one("acme"):
            pass
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "5"})


def test_what_has_ended_is_free_again_however_it_ended() -> None:
    open_ones = AtOnce(1)
    with pytest.raises(RuntimeError), open_ones.one("acme"):
        raise RuntimeError
    with open_ones.one("acme"):
        pass
