"""Opens a request of any type: carried out, forwarded to the controller who decides, or registered for nobody; and
takes it back.

Whichever it is, the answer to its opening says only that the request came.
"""

from infra.clock import written
from services.consent.rights.asked import Asked
from services.consent.rights.document import Document, of_erasure, received
from services.consent.rights.filed import AlreadyErased
from services.consent.stores import Stores


class Opening:
    """Knows who takes a request."""

    def __init__(self, stores: Stores) -> None:
        self._requests = stores.requests
        self._register = stores.register
        self._instructions = stores.instructions
        self._carrying_out = stores.carrying_out

    async def open(self, alias: str | None, asked: Asked) -> Document:
        """Open it for the person; for nobody it is registered all the same. Raises as `CarryingOut.carry_out`."""
        if alias is None:
            return await self._register.open_unproved(asked.type)
        forwarded = await self._instructions.hold(alias, asked)
        if forwarded is not None:
            return received(forwarded.id, forwarded.type, forwarded.opened_at)
        try:
            opened = await self._carrying_out.carry_out(alias, asked)
        except AlreadyErased:
            return await self._register.open_unproved(asked.type)
        return received(opened.request, asked.type, written(opened.opened_at))

    async def cancel(self, alias: str, request: str) -> Document | None:
        """Undo an erasure within its window, or withdraw what is under way or waits for the controller; the request
        as it stands then. What the controller had carried out is the request that was opened.

        None where the person has no such request. Raises NotCancellable.
        """
        request = await self._instructions.opened_as(request)
        if await self._instructions.take_back(alias, request):
            return await self._register.find(request)
        erasure = await self._requests.cancel(request, alias)
        if erasure is not None:
            return of_erasure(erasure)
        return await self._register.find(request, alias) if await self._register.cancel(alias, request) else None
