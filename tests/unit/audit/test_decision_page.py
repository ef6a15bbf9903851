"""An opened decision as an officer reads it: every item with its answer, every figure by name and source."""

from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import services.audit.pages
from infra.crypto.salted_fields import SaltedField
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.openings import Opened
from services.audit.pages.trail import decision
from services.methodology.specimen import specimen
from services.methodology.version import load

PAGES = Path(services.audit.pages.__file__).parent
ANSWERS = specimen("decision", profile="core+income", codes=("15-1252.00",))


def visit(language: str) -> Visit:
    site = Site("audit", "http://here", bytes(32), [PAGES], {"addresses": {}})
    site.join(web.Application())
    return site._visit(make_mocked_request("GET", f"/?lang={language}"))


def shown(language: str = "en", **changed: Any) -> dict[str, Any]:
    trail = load().score(ANSWERS | changed).trail()
    opened = Opened("0" * 32, trail, (SaltedField("tenant", bytes(32), b"acme"),))
    return decision(visit(language), opened)


def test_every_item_of_every_dimension_stands_with_its_answer_and_its_points() -> None:
    told = shown()
    items = {
        name: said for one in told["profiles"] for part in one["dimensions"] for name, said, _points in part["items"]
    }

    for one in (*ANSWERS["skills"], *ANSWERS["behaviours"]):
        said = items[load().name(one["id"])]
        assert f"level {one['level']}" in said or (one["level"] == 0 and "not there" in said), one


def test_what_was_left_open_is_said_to_be_and_has_bounds() -> None:
    told = shown(behaviours=ANSWERS["behaviours"][:1])
    open_ = [item for part in told["profiles"][0]["dimensions"] for item in part["items"] if item[1] == "left open"]

    assert len(open_) == len(ANSWERS["behaviours"]) - 1
    assert all(" – " in points for _name, _said, points in open_)


def test_figures_are_named_in_words_with_their_publisher() -> None:
    for language, words in (("en", "as people rate it"), ("de", "wie Menschen sie einschätzen")):
        figures = {one["own_name"]: one for one in shown(language)["figures"]}

        rated = figures["human_rating_beta"]
        assert words in rated["name"] and "Science" in rated["source"]
        assert rated["value"].rstrip("\u00a0%").replace(",", ".") == "44.7"
        assert rated["own_value"].startswith("0.447")
        assert rated["url"].startswith("https://")
