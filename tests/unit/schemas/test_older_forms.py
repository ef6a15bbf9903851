"""Records outlive the software that wrote them: what each topic carried in its first form is still read."""

from typing import Any

import msgspec
import pytest

from schemas.events import Acknowledged, Acknowledgement, ErasureOrder, OutboxEntry, Revoked, StoreReport, Submitted
from schemas.rights import Answer, DisclosureOrder, HeldAct, Notice, Part, read_order

FIRST_FORMS: list[tuple[Any, dict[str, Any], Any]] = [
    (Revoked, {"sequence": 7, "kind": "erased"}, Revoked(7, "erased")),
    (
        Submitted,
        {"tenant": "acme", "sealed": b"s", "mac": b"m", "leaf": b"l"},
        Submitted("acme", b"s", b"m", b"l"),
    ),
    (
        Acknowledgement,
        {"type": "acknowledged", "service": "audit", "instance": "1", "partition": 0, "offset": 3},
        Acknowledged("audit", "1", 0, 3),
    ),
    (
        Acknowledgement,
        {"type": "report", "service": "intake", "request": "r", "counts": {"assessments": 1}},
        StoreReport("intake", "r", {"assessments": 1}),
    ),
    (OutboxEntry, {"source": "consent", "sequence": 1, "leaf": b"l"}, OutboxEntry("consent", 1, b"l")),
    (
        Answer,
        {
            "type": "part",
            "service": "audit",
            "request": "r",
            "gathering": "g",
            "number": 1,
            "total": 1,
            "held": {"type": "act", "id": "e", "sealed": b"s"},
        },
        Part("audit", "r", "g", 1, 1, HeldAct("e", b"s")),
    ),
    (
        Notice,
        {"id": "n", "kind": "erased", "assessments": ["a"], "at": "2026-11-23T18:00:00Z"},
        Notice("n", "erased", ("a",), "2026-11-23T18:00:00Z"),
    ),
]
"""By type: the members of its first form, and what they mean today."""


@pytest.mark.parametrize(("kind", "written", "meant"), FIRST_FORMS)
def test_the_first_form_of_a_record_is_read(kind: Any, written: dict[str, Any], meant: Any) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(written), type=kind) == meant


def test_an_order_without_a_tag_is_the_erasure_that_every_order_was() -> None:
    assert read_order(msgspec.msgpack.encode({"request": "r", "entry": "e"})) == ErasureOrder("r", "e")


@pytest.mark.parametrize("order", [ErasureOrder("r", "e"), DisclosureOrder("r", "access")])
def test_an_order_is_read_by_its_tag(order: Any) -> None:
    assert read_order(msgspec.msgpack.encode(order)) == order


@pytest.mark.parametrize("value", [None, b"", b"\xc1", msgspec.msgpack.encode({"request": "r"})])
def test_what_is_no_order_is_refused(value: bytes | None) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_order(value)
