"""A human looks at a decision before deciding upon it; what they decide stands beside it, in log and pack."""

import json

import msgspec
import pytest

from infra.crypto.sealed import Context, seal
from schemas.rights import STATEMENT_SCHEMA, Reviewed, ReviewOrder
from schemas.topics import PRIVACY_ANSWERS, PRIVACY_REQUESTS
from tests.integration.audit.office import AUDITOR, Office, bearer
from tests.integration.audit.test_evidence import members_of
from tests.unit.scoring.hand_ins import document

BODY = document("reviewed")
WORD = {"decision": "overruled", "reason": "The occupation was read wrongly."}
PURPOSE = {"purpose": "file 7"}


def order(number: int, assessment: int, answer_by: str = "2026-12-23T18:00:00Z") -> ReviewOrder:
    return ReviewOrder(f"{number:032x}", "acme", f"{assessment:032x}", "2026-11-23T18:00:00Z", answer_by)


async def reviewed(office: Office) -> tuple[int, str]:
    """A decision that somebody has asked to be looked at: its index and the review's number."""
    alias, assessment = office.ledger.add(), office.handed_in
    index = await office.decided(alias, BODY)
    await office.reviews.keep(alias, asked := order(7, assessment))
    return index, asked.request


async def test_nobody_decides_what_they_have_not_opened(office: Office) -> None:
    _, request = await reviewed(office)
    # Given an overseer who has not looked
    status, problem = await office.review(request, "decide", **WORD)
    assert (status, problem["type"].rpartition(":")[2]) == (409, "not-opened")
    assert await office.entries() == []
    # When the review is opened, the decision comes with the statement
    status, opened = await office.review(request, "open", **PURPOSE)
    assert (status, opened["statement"]) == (200, None)
    assert {one["name"] for one in opened["decision"]["fields"]} == {"tenant", "result", "detail", "trail"}
    # Then it can be decided, once
    assert (await office.review(request, "decide", **WORD))[0] == 200
    assert (await office.review(request, "decide", **WORD))[0] == 409
    (told,) = [msgspec.msgpack.decode(one.value, type=Reviewed) for one in office.broker.of(PRIVACY_ANSWERS.name)]
    assert (told.request, told.decision) == (request, "overruled")


async def test_who_opened_the_decision_by_its_entry_may_decide_too(office: Office) -> None:
    alias, assessment = office.ledger.add(), office.handed_in
    index = await office.decided(alias, BODY)
    await office.reviews.keep(alias, order(7, assessment))
    assert (await office.open(index, "overseer"))[0] == 200
    assert (await office.review(order(7, assessment).request, "decide", **WORD))[0] == 200


@pytest.mark.parametrize("headers", [AUDITOR, bearer("auditor")])
async def test_neither_the_shared_token_nor_an_auditors_opens_or_decides_a_review(
    office: Office, headers: dict[str, str]
) -> None:
    _, request = await reviewed(office)
    for verb, body in (("open", PURPOSE), ("decide", WORD)):
        path = f"/v1/audit/reviews/{request}:{verb}"
        async with office.client.post(path, json=body, headers=headers) as answer:
            assert answer.status == 403
    assert await office.entries() == []


async def test_the_pack_of_a_decision_holds_who_overruled_it_and_why(office: Office) -> None:
    # Given a decision that was opened and overruled
    index, request = await reviewed(office)
    await office.review(request, "open", **PURPOSE)
    await office.review(request, "decide", **WORD)
    entries = await office.entries()
    assert {one["cause"]["topic"] for one in entries} == {"assessments.scored"}
    # When the pack of the decision is made
    _, pack = await office.pack(decisions=[index])
    members = members_of(pack)
    # Then both stand in it, opened
    kinds = {name: json.loads(data)["type"] for name, data in members.items() if name.startswith("entries/")}
    (override,) = [name for name, kind in kinds.items() if kind == "override"]
    payload = json.loads(members[override.replace("entries", "payloads")])
    told = {one["name"]: one["value"] for one in payload["fields"]}
    assert (told["officer"], told["decision"], told["reason"]) == ("overseer", "overruled", WORD["reason"])


async def test_decided_reviews_are_listed_with_the_newest_first_and_go_on_behind_a_cursor(office: Office) -> None:
    # Given more decided reviews than a page holds
    alias = office.ledger.add()
    for number in range(5):
        await office.reviews.keep(alias, order(number, number))
        await office.review(order(number, number).request, "open", **PURPOSE)
        await office.review(order(number, number).request, "decide", **WORD)
    # When they are listed two at a time
    found, cursor = [], None
    for _ in range(3):
        page = await office.reviews.rows.page(decided=True, cursor=cursor, most=2)
        found += [(one["decided_at"], one["request"]) for one in page.reviews]
        cursor = page.following
    # Then each is there once, the newest first
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == 5
    assert cursor is None
    # and the interface refuses a cursor that is none
    async with office.client.get("/v1/audit/reviews?cursor=x", headers=bearer("auditor")) as answer:
        assert answer.status == 422


async def test_open_reviews_are_listed_by_their_clock(office: Office) -> None:
    alias = office.ledger.add()
    for number, day in enumerate(("24", "22", "23")):
        await office.reviews.keep(alias, order(number, number, f"2026-12-{day}T18:00:00Z"))
    page = await office.reviews.rows.page(decided=False, most=2)
    rest = await office.reviews.rows.page(decided=False, cursor=page.following, most=2)
    assert [one["answer_by"][8:10] for one in (*page.reviews, *rest.reviews)] == ["22", "23", "24"]


async def test_what_a_rule_asks_for_is_told_apart_and_its_reason_opens_with_the_review(office: Office) -> None:
    # Given a review that a rule has asked for
    alias, assessment = office.ledger.add(), office.handed_in
    await office.decided(alias, BODY)
    asked, why = order(7, assessment), {"low-quality": ["time", "instructed"]}
    place = Context(
        "acme", alias, PRIVACY_REQUESTS.name, STATEMENT_SCHEMA, asked.request, office.ledger.key_id(alias)
    )
    sealed = seal(office.ledger.subkey(alias, "trail"), json.dumps({"why": why}).encode(), place)
    await office.reviews.keep(alias, msgspec.structs.replace(asked, statement=sealed, origin="rule"))
    # Then the queue says so, and which rule is told to who opens it
    page = await office.reviews.rows.page(decided=False)
    assert [one["origin"] for one in page.reviews] == ["rule"]
    assert "low-quality" not in json.dumps(page.reviews)
    _, opened = await office.review(asked.request, "open", **PURPOSE)
    assert (opened["why"], opened["statement"]) == (why, None)
