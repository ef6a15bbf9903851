"""How an auditor's command calls a running audit service: with the token, and only where it is safe to send it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import orjson

from services.audit.tlog.sources import UnreachableError, check_address

_TIMEOUT_SECONDS = 60


@contextmanager
def posted(url: str, path: str, token_file: Path, body: bytes) -> Iterator[HTTPResponse]:
    """The answer to a JSON document. Raises OSError, whose text says why there is none."""
    token = token_file.read_text().strip()
    check_address(url, token)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(f"{url.rstrip('/')}{path}", body, headers)  # noqa: S310 - the address is checked
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the address is checked
            yield answer
    except HTTPError as error:
        with error:
            raise UnreachableError(_problem(error)) from None


def _problem(error: HTTPError) -> str:
    try:
        told = orjson.loads(error.read())
    except orjson.JSONDecodeError:
        return f"HTTP {error.code}"
    details = [told.get("detail", told.get("title", ""))] + [one["detail"] for one in told.get("errors", ())]
    return "; ".join(one for one in details if one)
