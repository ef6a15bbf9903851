"""The published methodology as pages: an overview, the documents of the version, and a calculator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache
from pathlib import PurePosixPath
from threading import Lock

from aiohttp import web
from markupsafe import Markup

from infra.charts.bars import Bar, bars
from infra.charts.chart import Caption, Chart
from infra.http.problems import not_found
from infra.pages.document import document, formula
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.pages.calculator import Calculation, worked_example
from services.methodology.version import Version, load

DOCUMENTS = ("score", "advice", "figures", "limits")
_OVERVIEW_MATH = ("score", "contribution", "band", "change")
_MAKING = Lock()


class Methodology:
    """The handlers."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/methodology", self.overview),
            self._site.get("/methodology/calculator", self.calculator),
            self._site.post("/methodology/calculator", self.calculator),
            self._site.get("/methodology/standalone.py", self.standalone),
            self._site.get("/methodology/{name}", self.read),
        ]

    async def overview(self, visit: Visit) -> web.Response:
        """What is measured, how it is added up, and what holds of every result."""
        await asyncio.to_thread(ready)
        version = load()
        told = version.published(visit.language)
        return visit.page(
            "methodology.html",
            section="methodology",
            version=version,
            weights=_weights(visit, version),
            dimensions=[(one["name"], formula(one["formula"]), one["symbols"]) for one in told["dimensions"]],
            math={name: formula(told["formulas"][name]) for name in _OVERVIEW_MATH},
            limits=told["limits"],
            documents=DOCUMENTS,
        )

    async def read(self, visit: Visit) -> web.Response:
        """One document of the version."""
        name = visit.request.match_info["name"]
        if name not in DOCUMENTS:
            raise not_found("document")
        body = (await asyncio.to_thread(ready))[name]
        return visit.page(
            "document.html", section="methodology", body=body, name=name, documents=DOCUMENTS, version=load()
        )

    async def calculator(self, visit: Visit) -> web.Response:
        """The worked example, recomputed from the values in the form: first the example's own."""
        await asyncio.to_thread(ready)
        calculation = Calculation.of(worked_example(), visit.form, visit.says)
        visit.form = visit.form.wrong(calculation.mistakes)
        return visit.page(
            "calculator.html",
            section="methodology",
            calculation=calculation,
            waterfall=calculation.waterfall(load(), visit),
            name_of=lambda item: load().name(item, visit.language),
            attribution=load().attribution(visit.language),
            dimension_of=lambda one: load().text(f"dimension.{one}", visit.language),
            status=422 if calculation.mistakes else 200,
        )

    async def standalone(self, _: Visit) -> web.Response:
        """The reference implementation, to be read and run by anybody."""
        return web.Response(text=_standalone(), content_type="text/plain", charset="utf-8")


def ready() -> dict[str, Markup]:
    """The documents, which take seconds to draw, and the example: made once, by whoever comes first. Blocks."""
    with _MAKING:
        worked_example()
        return _documents()


async def making(_: web.Application) -> AsyncIterator[None]:
    """While the application runs: make them beside it, so that nobody who asks has to wait."""
    made = asyncio.create_task(asyncio.to_thread(ready))
    yield
    made.cancel()
    with suppress(asyncio.CancelledError):
        await made


def _weights(visit: Visit, version: Version) -> Chart:
    shares = worked_example().weights
    caption = Caption(
        "weights",
        visit.says("How much each dimension counts"),
        visit.says("The weights in the profile without income, where the seventh counts nothing; they sum to 100."),
        (visit.says("Dimension"), visit.says("Weight")),
    )
    rows = [
        Bar(version.text(f"dimension.{name}", visit.language), weight, f"{weight}") for name, weight in shares.items()
    ]
    return bars(caption, rows, max(shares.values()))


@cache
def _standalone() -> str:
    return load().standalone()


@cache
def _documents() -> dict[str, Markup]:
    """The pages below docs/methodology, drawn once."""
    version = load()
    texts = version.publication().pages(version)
    return {name: document(texts[f"{name}.md"], _here) for name in DOCUMENTS}


def _here(address: str) -> str:
    """A link of the repository's documents as it leads here."""
    path = PurePosixPath(address)
    if "://" in address or address.startswith("#"):
        return address
    return f"/methodology/{path.stem if path.suffix == '.md' else path.name}"
