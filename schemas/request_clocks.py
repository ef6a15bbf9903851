"""People's open requests as officers oversee them: what runs against which deadline, and nobody's name or number.

Consent answers `POST /requests/open` of the key API with them, to audit alone. Whoever knows a request's whole id may
follow it, so that only its first digits are told.
"""

from typing import Literal

import msgspec

WaitsFor = Literal[
    "window", "hold", "traces", "key-clients", "stores", "person", "scoring", "reviewer", "hand-over", "controller"
]
DIGITS = 8
"""Of the 32 that an id has."""


class AskForClocks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""


class RequestClock(msgspec.Struct, frozen=True):
    """One open request. `due_by` is the nearest deadline; times are `2026-11-23T18:00:00Z`."""

    request: str
    type: str
    tenant: str
    opened_at: str
    due_by: str
    answer_by: str
    waits: WaitsFor
    extended: bool = False


class RequestClocks(msgspec.Struct, frozen=True):
    """Those whose deadline is nearest first."""

    requests: tuple[RequestClock, ...]
