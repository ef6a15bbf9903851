"""The parameters of a request's query: each is checked, and everything that does not fit is named at once."""

from collections.abc import Collection

from aiohttp import web

from infra.http.problems import invalid
from schemas.faults import Fault, escaped

_LONGEST_NUMBER = 16


class Parameters:
    """Those of one request. A parameter that is not among `known` is a fault. No fault repeats what was given."""

    def __init__(self, request: web.Request, *known: str) -> None:
        self._given = request.query
        self._faults = [
            Fault(f"/{escaped(name)}", f"There is no such parameter; known are {', '.join(known)}.")
            for name in dict.fromkeys(self._given)
            if name not in known
        ]

    def every(self, name: str) -> list[str]:
        """Each value of a parameter that may stand several times."""
        return self._given.getall(name, [])

    def one(self, name: str) -> str | None:
        """The value of a parameter that stands once; None where it is missing."""
        values = self.every(name)
        if len(values) > 1:
            self.fault(name, "Must stand once.")
        return values[0] if values else None

    def choice(self, name: str, among: Collection[str], default: str) -> str:
        """The value, one of those allowed."""
        value = self.one(name)
        if value is None:
            return default
        if value not in among:
            self.fault(name, f"Must be one of {', '.join(among)}.")
            return default
        return value

    def number(self, name: str, least: int, most: int, default: int) -> int:
        """The value as a whole number within closed bounds."""
        value = self.one(name)
        if value is None:
            return default
        is_number = value.isascii() and value.isdecimal() and len(value) <= _LONGEST_NUMBER
        if not is_number or not least <= int(value) <= most:
            self.fault(name, f"Must be a whole number from {least} to {most}.")
            return default
        return int(value)

    def fault(self, name: str, detail: str) -> None:
        """Note something that does not fit."""
        self._faults.append(Fault(f"/{name}", detail))

    def settle(self) -> None:
        """Raise Problem (422) with every fault, if there is any."""
        if self._faults:
            raise invalid(self._faults)
