"""What organisations ask about their employees, on the key socket: intake has checked whose token it was."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from infra.http.problems import Problem, invalid, not_found
from schemas.employees import (
    AskForEmployee,
    Forwarded,
    ForwardedRequests,
    InstructRequest,
    Invited,
    InviteEmployee,
    ListWaiting,
)
from schemas.faults import Fault
from schemas.transfers import Declared, DeclareRecipient
from services.consent.controllers.employees import Employees
from services.consent.controllers.instructions import Instructions
from services.consent.controllers.lifts import NotTold
from services.consent.controllers.transfers import Transfers
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.rectifications import UnknownAssessment
from services.consent.rights.refusal import RightRefused

_Asked = TypeVar("_Asked", bound=msgspec.Struct)
Answered = Invited | ForwardedRequests | Declared


class EmployeeDesk:
    """One answer for each call. `changed` is called after what changed something."""

    def __init__(
        self, employees: Employees, instructions: Instructions, transfers: Transfers, changed: Callable[[], None]
    ) -> None:
        self._employees = employees
        self._instructions = instructions
        self._transfers = transfers
        self._changed = changed

    async def answer(self, call: str, raw: bytes) -> Answered:
        """The answer to `invite`, `ask`, `waiting`, `instruct` or `recipient`. Raises Problem (404, 422)."""
        try:
            answered = await self._answer(call, raw)
        except RightRefused as error:
            raise invalid([Fault("/type", str(error))]) from error
        except NotTold as error:
            raise invalid([Fault("/told_at", str(error))]) from error
        except UnknownAssessment as error:
            raise invalid([Fault("/assessment", "The employee has no such assessment.")]) from error
        except AlreadyErased:
            answered = ForwardedRequests(())
        self._changed()
        return answered

    async def _answer(self, call: str, raw: bytes) -> Answered:
        match call:
            case "invite":
                named = _read(raw, InviteEmployee)
                return await self._employees.invite(named.tenant, named.external_id)
            case "ask":
                return _one(await self._instructions.ask(_read(raw, AskForEmployee)))
            case "waiting":
                return ForwardedRequests(tuple(await self._instructions.waiting(_read(raw, ListWaiting).tenant)))
            case "instruct":
                return _one(await self._instructions.instruct(_read(raw, InstructRequest)))
            case "recipient":
                return await self._transfers.declare(_read(raw, DeclareRecipient))
        raise not_found("call")


def _read(raw: bytes, kind: type[_Asked]) -> _Asked:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as error:
        raise Problem(422, "invalid", "Invalid request", str(error)) from error


def _one(found: Forwarded | None) -> ForwardedRequests:
    return ForwardedRequests(() if found is None else (found,))
