"""Verify a receipt: what it proves, checked here, and how to check it without us."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.consent.erasure.cases import read_time
from services.consent.erasure.receipt import KIND, NotVerified, Verified, key_id, verify
from services.consent.erasure.requests import PrivacyRequests
from services.consent.pages.words import purposes, stores


class ReceiptPages:
    """The handlers."""

    def __init__(self, site: Site, requests: PrivacyRequests, public_key: Ed25519PublicKey) -> None:
        self._site = site
        self._requests = requests
        self._public_key = public_key

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [self._site.get("/receipt", self.show), self._site.post("/receipt", self.check, self.again)]

    async def show(self, visit: Visit) -> web.Response:
        """What a receipt proves, and where it is checked."""
        return self._page(visit)

    async def again(self, visit: Visit) -> web.Response:
        """The same in another language."""
        return await (
            self.check(visit) if visit.form.get("request") or visit.form.get("receipt") else self.show(visit)
        )

    async def check(self, visit: Visit) -> web.Response:
        """Check a file, what was pasted, or the receipt of a request of this number."""
        signed = await self._sent(visit)
        if not signed.strip():
            visit.form = visit.form.wrong({"receipt": visit.says("Choose the file of a receipt, or paste its text.")})
            return self._page(visit, status=422)
        try:
            return self._page(visit, verify(signed, self._public_key))
        except NotVerified as error:
            return self._page(visit, failed=str(error))

    async def _sent(self, visit: Visit) -> bytes:
        """What was chosen or pasted, which then stands in the form; else the receipt that the number names."""
        file = (await visit.request.post()).get("file")
        if isinstance(file, web.FileField) and file.filename:
            text = file.file.read().decode(errors="replace")
            visit.form = visit.form.taking({"receipt": [text]})
        if not visit.form.get("receipt") and (number := visit.form.get("request")):
            return await self._requests.receipt(number[:40]) or b""
        return visit.form.get("receipt").encode()

    def _page(
        self, visit: Visit, verified: Verified | None = None, *, status: int = 200, failed: str = ""
    ) -> web.Response:
        document: Mapping[str, Any] = verified.document if verified else {}
        return visit.page(
            "privacy/receipt.html",
            status=status,
            failed=failed,
            verified=verified,
            receipt=document,
            is_erasure=document.get("kind") == KIND,
            key_id=key_id(self._public_key),
            stores=stores(visit.says),
            purposes=purposes(visit.says),
            read_time=read_time,
        )
