"""Each client has so many long requests open at a time, and the next one is told to come again."""

import pytest
from aiohttp.test_utils import make_mocked_request

from infra.http.at_once import AtOnce
from infra.http.problems import Problem
from infra.http.quota import Quota, tell_quota


def test_beyond_the_bound_a_client_is_told_to_come_again_and_another_is_not() -> None:
    open_ones, request = AtOnce(2, "streams"), make_mocked_request("GET", "/")
    with open_ones.one(request, "acme"), open_ones.one(request, "acme"), open_ones.one(request, "other"):
        with pytest.raises(Problem) as refused, open_ones.one(request, "acme"):
            pass
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "5"})


async def test_the_answer_tells_the_limit_that_was_reached_and_no_other() -> None:
    # Given a client that has asked once of ten times, and has all that it may have open
    quota, open_ones, request = Quota(10, 1), AtOnce(1, "streams"), make_mocked_request("GET", "/")
    quota.take(request, "acme")
    with open_ones.one(request, "acme"), pytest.raises(Problem) as refused, open_ones.one(request, "acme"):
        pass
    answer = refused.value.response()
    await tell_quota(request, answer)
    assert answer.headers["RateLimit-Policy"] == '"streams";q=1;qu="concurrent-requests"'
    assert answer.headers["RateLimit"] == '"streams";r=0'


def test_what_has_ended_is_free_again_however_it_ended() -> None:
    open_ones, request = AtOnce(1, "streams"), make_mocked_request("GET", "/")
    with pytest.raises(RuntimeError), open_ones.one(request, "acme"):
        raise RuntimeError
    with open_ones.one(request, "acme"):
        pass
