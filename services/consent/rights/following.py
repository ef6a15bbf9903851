"""A request followed by its id: 128 random bits, told to its person, and to the organisation that decides it.

Whoever has the id reads where the request stands, with its clock: after an erasure there is nothing else left to
prove oneself by. Why it is refused or held, and which assessments it is about, is told to its person alone.
"""

from msgspec.structs import replace

from services.consent.controllers.instructions import Instructions
from services.consent.rights.document import Document, of_forwarded
from services.consent.rights.register import Register


class Following:
    """Finds a request of any type, whoever decides it."""

    def __init__(self, register: Register, instructions: Instructions) -> None:
        self._register = register
        self._instructions = instructions

    async def find(self, request: str, asker: str | None = None) -> Document | None:
        """The request as it is shown to this person, or to somebody who has proved nothing; None without such."""
        found = await self._register.find(request, asker)
        if found is not None:
            return found
        forwarded = await self._instructions.find(request)
        if forwarded is None:
            return None
        if asker is None or not await self._instructions.is_of(asker, request):
            forwarded = replace(forwarded, reason=None, assessment=None, assessments=())
        return of_forwarded(forwarded)
