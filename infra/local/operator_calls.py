"""The operator's commands call the running service on its admin socket."""

from pathlib import Path
from typing import Any

import aiohttp


class NotAnswered(Exception):
    """The service did not do what it was asked; says why and what to do."""


async def ask(socket: Path, method: str, path: str, body: object | None = None) -> dict[str, Any]:
    """The answer's document. Raises NotAnswered."""
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.request(method, f"http://admin{path}", json=body) as response,
        ):
            answer: dict[str, Any] = await response.json(content_type=None)
    except (OSError, aiohttp.ClientError) as error:
        raise NotAnswered(f"no service answers at {socket}; start it with 'careerpulse up'") from error
    if response.status >= 400:
        raise NotAnswered(": ".join(filter(None, (answer.get("title"), answer.get("detail")))))
    return answer
