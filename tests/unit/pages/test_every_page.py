"""No page is forgotten: what the services serve is what the scene shows."""

import inspect
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import web

from infra.pages.site import Site
from services.audit.pages.console import Console
from services.consent.pages.site import PrivacyPages
from services.intake.pages.filling import Desk
from services.intake.pages.site import pages
from services.methodology.version import load
from tests.scene.pages import FILES, LEADING_ON, PAGES

SETTINGS = SimpleNamespace(
    public_url="http://here", addresses={}, operator_contact="", erasure_window_seconds=0, backup_window_days=30
)


def anything(of: Any) -> dict[str, Mock]:
    """Parts that nobody asks for anything."""
    return {name: Mock() for name, one in inspect.signature(of).parameters.items() if one.kind is one.KEYWORD_ONLY}


def intake() -> web.Application:
    application = web.Application()
    desk = Desk(Site("intake", "http://here", bytes(32), []), load(), Mock(), Mock(), Mock())
    for each in pages(desk, Mock(), Mock(), Mock(), Mock()):
        application.add_routes(each.table())
    return application


def consent() -> web.Application:
    application = web.Application()
    parts = anything(PrivacyPages) | {"secret": bytes(32)}
    PrivacyPages(SETTINGS, Mock(), Mock(), **parts).join(application)
    return application


def audit() -> web.Application:
    application = web.Application()
    Console(Site("audit", "http://here", bytes(32), []), Mock()).join(application, **anything(Console.join))
    return application


def served(application: web.Application) -> set[tuple[str, str]]:
    """Method and path of each page and form."""
    routes = (one for one in application.router.routes() if one.resource and one.method != "HEAD")
    return {(one.method, one.resource.canonical) for one in routes if "/static/" not in one.resource.canonical}


@pytest.mark.parametrize("service", [intake, consent, audit])
def test_every_route_is_a_page_of_the_scene_a_file_or_leads_on(service: Any) -> None:
    name = service.__name__
    shown = {(one.method, one.path) for one in PAGES if one.service == name and one.path != "/no-such-page"}
    files = {("GET", path) for of, path in FILES if of == name}
    leading = {("POST", path) for of, path in LEADING_ON if of == name}

    assert served(service()) == shown | files | leading


def test_no_two_pages_of_the_scene_have_one_name() -> None:
    names = [one.name for one in PAGES]

    assert sorted(set(names)) == sorted(names)
