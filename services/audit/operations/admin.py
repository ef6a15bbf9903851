"""Dead letters on the admin socket, for `careerpulse dead-letters`."""

from typing import Any

import msgspec
from aiohttp import web

from infra.clock import written
from infra.http.problems import Problem, not_found
from services.audit.acts import By
from services.audit.operations.dead_letters import DeadLetter, DeadLetters
from services.audit.operations.replays import Replays

_ONE = "/dead-letters/{topic:dead\\.[a-z]+}/{offset:[0-9]{1,15}}"
_OPERATOR = By("operator")


class AskReplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A replay under a fresh id, 32 hexadecimal digits; asked again under it nothing happens."""

    replay: str
    reason: str


class DeadLettersAdmin:
    """The handlers."""

    def __init__(self, letters: DeadLetters, replays: Replays) -> None:
        self._letters = letters
        self._replays = replays

    def routes(self) -> list[web.RouteDef]:
        """What it serves."""
        return [
            web.get("/dead-letters", self.listed),
            web.get(_ONE, self.show),
            web.post(f"{_ONE}/replay", self.replay),
        ]

    async def listed(self, _: web.Request) -> web.Response:
        """The newest of each topic."""
        return web.json_response({"letters": [_shown(one) for one in await self._letters.listed()]})

    async def show(self, request: web.Request) -> web.Response:
        """One of them, with its replays."""
        return await self._answer(await self._letter(request))

    async def replay(self, request: web.Request) -> web.Response:
        """Send it again."""
        try:
            asked = msgspec.json.decode(await request.read(), type=AskReplay)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not a replay", str(error)) from None
        if not 3 <= len(asked.reason) <= 300 or not asked.reason.isprintable():
            raise Problem(422, "invalid", "Not a replay", "A reason has 3 to 300 characters in one line.")
        letter = await self._letter(request)
        await self._replays.ask(asked.replay, letter.topic, letter.offset, asked.reason, _OPERATOR)
        return await self._answer(letter)

    async def _letter(self, request: web.Request) -> DeadLetter:
        place = request.match_info
        letter = await self._letters.one(place["topic"], int(place["offset"]))
        if letter is None:
            raise not_found("dead letter")
        return letter

    async def _answer(self, letter: DeadLetter) -> web.Response:
        times = [written(one) for one in await self._replays.of(letter)]
        return web.json_response({**_shown(letter), "replayed": times})


def _shown(letter: DeadLetter) -> dict[str, Any]:
    cause = letter.cause
    return {
        "id": letter.id,
        "at": written(letter.at),
        "consumer": None if letter.value is None else letter.value.consumer,
        "reason": None if letter.value is None else letter.value.reason,
        "cause": None if cause is None else f"{cause.topic}/{cause.partition}/{cause.offset}",
        "bytes": letter.size,
        "no_replay": letter.why_not() or None,
    }
