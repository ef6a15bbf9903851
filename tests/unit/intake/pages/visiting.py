"""A visit to the pages of one's own result, without a server: what the handlers show."""

from typing import Any
from unittest.mock import AsyncMock, Mock

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import services.intake.pages.site as intake
from infra.pages.form import Form
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.pages.own import Opened, Own
from services.methodology.version import load

ADDRESSES = {name: f"http://{name}" for name in ("intake", "consent", "audit")}
TOLD = {"addresses": ADDRESSES, "operator": "", "operator_contact": "", **intake.SHOWN_AS}


def visit(language: str = "en", form: dict[str, str] | None = None) -> Visit:
    """Of somebody who reads this language and filled in this form."""
    application = web.Application()
    made = Site("intake", "http://here", bytes(32), [intake.PLACE], TOLD)
    made.join(application)
    visiting = made._visit(make_mocked_request("POST", f"/?lang={language}", app=application))
    visiting.form = Form({name: [value] for name, value in (form or {}).items()})
    return visiting


def own(answers: dict[str, Any]) -> Own:
    """Opens the assessment with these answers, whoever asks."""
    version = load()
    scored = version.score(answers)
    row = Mock(id="0" * 32, state="scored", superseded_by=None, supersedes=None)
    opened = Opened(row, scored.result(), scored.detail(), answers, version)
    return Mock(
        Own,
        opened=AsyncMock(return_value=opened),
        among_newest=AsyncMock(return_value=(row, [row])),
        in_series=AsyncMock(return_value=(opened, {})),
    )
