"""The pages of running services as their holders see them, over HTTP."""

import json
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import aiohttp

from tests.running import Running
from tests.scene.pages import NOBODY, Page

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Holder:
    """A session: its cookies, the token of its forms, and what the names in addresses stand for."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    places: dict[str, str] = field(default_factory=dict)

    def as_headers(self) -> dict[str, str]:
        """The session as a browser sends it."""
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": sent} if sent else {}

    def fill(self, text: str, more: Mapping[str, str]) -> str:
        """A path or a field of the scene as it is for this holder."""
        for name, value in (*self.places.items(), *more.items()):
            text = text.replace("{" + name + "}", value)
        return text


@dataclass(slots=True)
class Stage:
    """`http` keeps no cookies; `holders` are sessions by service and name."""

    running: Running
    http: aiohttp.ClientSession
    holders: dict[tuple[str, str], Holder] = field(default_factory=dict)
    _nobody: Holder = field(default_factory=Holder)

    def holder(self, page: Page) -> Holder:
        return self._nobody if page.holder == NOBODY else self.holders[page.service, page.holder]

    def address(self, page: Page) -> str:
        """Where the page is."""
        return self.running.stack.urls[page.service] + self.holder(page).fill(page.path, page.fills)

    def form(self, page: Page) -> dict[str, str] | None:
        """What is sent to it; None where nothing is."""
        if page.form is None:
            return None
        holder = self.holder(page)
        return {"csrf": holder.token} | {name: holder.fill(value, {}) for name, value in page.form.items()}

    async def get(self, page: Page, language: str = "en") -> tuple[int, str]:
        """Status and text of the page."""
        async with self.ask(page, self.form(page), {"Accept-Language": language}) as answer:
            return answer.status, await answer.text()

    def ask(
        self, page: Page, form: Mapping[str, str] | None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """The answer of the page to such a form in its holder's session."""
        told = self.holder(page).as_headers() | {"Accept": "text/html"} | headers
        return self.http.request(page.method, self.address(page), data=form, headers=told, allow_redirects=False)

    async def enter(self, service: str, path: str, form: Mapping[str, str], home: str) -> Holder:
        """Begin a session by a form; `home` is a page of it with a form, which has the token."""
        holder, base = Holder(), self.running.stack.urls[service]
        async with self.http.post(base + path, data=dict(form), allow_redirects=False) as answer:
            assert answer.status in {200, 303}, (path, answer.status, await answer.text())
            holder.cookies = {name: morsel.value for name, morsel in answer.cookies.items() if morsel.value}
        async with self.http.get(base + home, headers=holder.as_headers()) as answer:
            assert answer.status == 200, (home, answer.status)
            found = _TOKEN.search(await answer.text())
        holder.token = found[1] if found else ""
        return holder

    async def send(self, service: str, path: str, holder: Holder, form: Mapping[str, str]) -> None:
        """A form that leads on; the session is what the answer leaves it."""
        address = self.running.stack.urls[service] + path
        async with self.http.post(
            address, data=dict(form), headers=holder.as_headers(), allow_redirects=False
        ) as answer:
            assert answer.status == 303, (path, answer.status, await answer.text())
            holder.cookies |= {name: morsel.value for name, morsel in answer.cookies.items() if morsel.value}

    async def call(self, method: str, address: str, body: Any, proof: Mapping[str, str]) -> Any:
        """One call of an interface."""
        sent = None if body is None else json.dumps(body).encode()
        async with self.http.request(method, address, data=sent, headers={**_JSON, **proof}) as answer:
            assert answer.ok, (address, answer.status, await answer.text())
            return await answer.json(content_type=None)
