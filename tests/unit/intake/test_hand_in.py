"""A hand-in is read, recognised and sealed; what does not fit is named and never repeated."""

import json

import msgspec
import pytest

from infra.crypto.sealed import Context, NotOpened, open_sealed
from infra.kafka.producer import Outgoing
from schemas.entry import canonical
from schemas.envelope import event_id
from schemas.events import HAND_IN_SCHEMA, SUBMITTED_TYPE, Submitted
from schemas.faults import Faulty
from schemas.keys import CreatedKey
from schemas.purposes import INDIVIDUALS
from schemas.statistics import STATISTICS_SCHEMA, Counted
from schemas.topics import SUBMITTED
from services.intake.handing_in.hand_in import HandIn, mac, read, sealed_parts, submitted
from services.intake.organisations.callers import Caller
from services.methodology.version import load
from tests.twins.ledger import Ledger
from tests.unit.intake.examples import employee, person, raw

EVENT = "e" * 32
ACME, PERSON = Caller("acme"), Caller(INDIVIDUALS)
TIME = "2026-11-23T18:00:00Z"


def read_one(document: object, caller: Caller = ACME) -> HandIn:
    return read(raw(document), caller, EVENT, load())


def faults(document: object, caller: Caller = ACME) -> dict[str, str]:
    with pytest.raises(Faulty) as refused:
        read_one(document, caller)
    return {fault.pointer: fault.detail for fault in refused.value.faults}


async def key_for(hand_in: HandIn, tenant: str = "acme") -> CreatedKey:
    (key,) = await Ledger().create(tenant, [hand_in.person])
    return key


def sent(hand_in: HandIn, key: CreatedKey) -> Outgoing:
    return submitted(hand_in, key, sealed_parts(hand_in, key, "acme"), tenant="acme", time=TIME)


def test_the_order_of_fields_and_white_space_make_no_other_hand_in() -> None:
    document = employee()
    turned = json.dumps(dict(reversed(document.items())), indent=3).encode()
    assert read(turned, ACME, EVENT, load()).body == read_one(document).body


def test_an_employee_is_named_by_the_platform_and_brings_no_consent() -> None:
    found = read_one(employee()).person
    assert (found.external_id, found.records, found.claim_code) == ("staff-employee", (), None)
    assert read_one({"assessment": employee()["assessment"]}).person.external_id is None


@pytest.mark.parametrize(
    ("shown", "pointer", "right"),
    [
        ({"notice": "never-published-7"}, "/consent/notice", "individuals-2"),
        ({"notice": "employees-2"}, "/consent/notice", "individuals-2"),
        ({"language": "zz"}, "/consent/language", "en, de"),
    ],
)
def test_a_notice_that_cannot_have_been_shown_is_named_with_what_would_be_right(
    shown: dict[str, str], pointer: str, right: str
) -> None:
    document = person()
    document["consent"] |= shown
    found = faults(document, PERSON)
    assert list(found) == [pointer]
    assert right in found[pointer]


def test_a_notice_is_shown_to_all_who_read_its_language() -> None:
    document = person()
    document["consent"]["language"] = "de-AT"
    assert read_one(document, PERSON).person.records[0].language == "de-AT"


def test_a_person_gives_each_consent_once_under_the_notice_shown() -> None:
    found = read_one(person(purposes=("scoring", "research", "scoring")), Caller(INDIVIDUALS, "code")).person
    assert [record.purpose for record in found.records] == ["scoring", "research"]
    assert {(record.legal_basis, record.notice) for record in found.records} == {("consent", "individuals-1")}
    assert found.claim_code == "code"


def test_a_person_is_assessed_only_of_age_and_with_consent_to_scoring() -> None:
    found = faults(person(purposes=("research",), of_age=False), PERSON)
    assert set(found) == {"/consent/purposes", "/consent/of_age"}


@pytest.mark.parametrize(("country", "age"), [(None, 16), ("DE", 16), ("AT", 14), ("ZZ", 16)])
def test_who_is_too_young_is_told_the_age_of_the_country(country: str | None, age: int) -> None:
    document = person(of_age=False)
    document["consent"] |= {"country": country} if country else {}
    with pytest.raises(Faulty, match=f"whoever is under {age} "):
        read_one(document, PERSON)


def test_age_and_country_are_asked_at_the_door_and_sealed_nowhere() -> None:
    document = person()
    document["consent"] |= {"country": "AT"}
    kept = json.loads(read_one(document, PERSON).body)["consent"]
    assert set(kept) == {"notice", "language", "purposes"}


def test_an_employer_hands_in_no_income() -> None:
    income = {"currency": "EUR"}
    found = faults(employee(profile="core+income", income=income))
    assert {"/assessment/profile", "/assessment/income"} <= set(found)


def test_an_unknown_occupation_is_answered_with_the_nearest_known() -> None:
    found = faults(employee(occupations=[{"code": "15-1252.99", "share": 1000}]))
    assert "15-1252.00" in found["/assessment/occupations/0/code"]


def test_every_fault_is_named_at_once() -> None:
    document = employee(occupations=[{"code": "x", "share": 0}], as_of="2026-13")
    del document["assessment"]["profile"]
    assert {
        "/assessment/occupations/0/code",
        "/assessment/occupations/0/share",
        "/assessment/as_of",
        "/assessment/profile",
    } <= set(faults(document))


CANARY = "CANARY-7f3a91"
MALFORMED = {
    "not JSON": CANARY.encode(),
    "cut short": raw(employee())[:-1] + f', "{CANARY}'.encode(),
    "no UTF-8": b'{"external_id": "' + CANARY.encode() + b'\xff"}',
    "a string for an object": raw(CANARY),
    "a list": raw([CANARY]),
    "a month": raw(employee(as_of=CANARY)),
    "a profile": raw(employee(profile=CANARY)),
    "an occupation": raw(employee(occupations=[{"code": CANARY, "share": 1000}])),
    "a skill": raw(employee(skills=[{"id": CANARY, "level": 1, "months": 1}])),
    "a skill without months": raw(employee(skills=[{"id": CANARY, "level": 1}])),
    "knowledge": raw(employee(knowledge=[{"id": CANARY, "level": 1}])),
    "behaviour twice": raw(employee(behaviours=[{"id": CANARY, "level": 1}] * 2)),
    "an activity": raw(employee(activities=[{"id": CANARY, "factor": 1000}])),
    "a technology": raw(employee(skills=[{"id": "2.C.3.a", "level": 9, "technology": CANARY}])),
    "a long external id": raw(employee() | {"external_id": CANARY * 100}),
    "control characters": raw(employee() | {"external_id": CANARY + "\n"}),
    "a float": raw(employee(pause_months=CANARY)),
    "an unknown field's value": raw(employee() | {"name": CANARY}),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_no_fault_repeats_what_was_written(body: bytes) -> None:
    with pytest.raises(Faulty) as refused:
        read(body, ACME, EVENT, load())
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("number", ["1.5", "4242.4242", "1e3"])
def test_a_number_with_decimals_is_refused_without_being_repeated(number: str) -> None:
    body = raw(employee(pause_months=0)).replace(b'"pause_months": 0', f'"pause_months": {number}'.encode())
    with pytest.raises(Faulty) as refused:
        read(body, ACME, EVENT, load())
    assert [fault.pointer for fault in refused.value.faults] == ["/assessment/pause_months"]
    assert number not in str(refused.value)


def test_nesting_without_end_is_a_fault_and_no_crash() -> None:
    with pytest.raises(Faulty):
        read(b"[" * 60_000, ACME, EVENT, load())


async def test_the_mac_knows_the_same_body_again_and_needs_the_persons_key() -> None:
    hand_in, other = read_one(employee()), read_one(employee(pause_months=1))
    key = await key_for(hand_in)
    assert mac(hand_in, key) == mac(read_one(employee()), key)
    assert mac(hand_in, key) != mac(other, key)
    assert mac(hand_in, key) != mac(hand_in, await key_for(hand_in))


async def test_the_record_is_sealed_under_the_key_for_answers_at_its_own_place() -> None:
    hand_in = read_one(employee())
    key = await key_for(hand_in)
    record = sent(hand_in, key)
    value = msgspec.msgpack.decode(record.value, type=Submitted)
    place = Context("acme", key.alias, SUBMITTED.name, HAND_IN_SCHEMA, EVENT, key.key_id)
    assert open_sealed(key.subkeys["answers"], value.sealed, place) == hand_in.body
    for domain in ("result", "detail", "trail"):
        with pytest.raises(NotOpened):
            open_sealed(key.subkeys[domain], value.sealed, place)
    assert event_id(record.headers, SUBMITTED_TYPE) == EVENT


async def test_the_record_and_its_entry_hold_nothing_readable_and_the_entry_no_alias() -> None:
    hand_in = read_one(employee() | {"external_id": CANARY})
    key = await key_for(hand_in)
    record = sent(hand_in, key)
    entry = msgspec.msgpack.decode(record.value, type=Submitted).leaf
    assert CANARY.encode() not in record.value + record.key.encode() + repr(record.headers).encode()
    assert key.alias.encode() not in entry
    assert b"acme" not in entry
    assert entry == canonical(json.loads(entry))


async def test_a_retry_gives_the_same_entry_and_commitment() -> None:
    hand_in = read_one(employee())
    key = await key_for(hand_in)
    entries = [
        json.loads(msgspec.msgpack.decode(one.value, type=Submitted).leaf)
        for one in (sent(hand_in, key) for _ in range(2))
    ]
    assert [entries[0][name] for name in ("id", "commitment")] == [entries[1][name] for name in ("id", "commitment")]


TOLD = {"sex": "female", "age_band": "35-44"}
CONSENTED = TOLD | {"notice": "employees-1", "language": "de"}


def test_what_is_told_for_statistics_changes_no_byte_of_the_answers() -> None:
    for plain, caller, told in (
        (person(purposes=("scoring", "statistics")), PERSON, TOLD),
        (employee(), ACME, CONSENTED),
    ):
        with_it, without = read_one(plain | {"statistics": told}, caller), read_one(plain, caller)
        assert with_it.body == without.body
        assert b"female" not in with_it.body
        assert with_it.counted is not None and (with_it.counted.sex, with_it.counted.age_band) == (1, 3)


async def test_it_is_sealed_in_a_domain_of_its_own() -> None:
    hand_in = read_one(employee() | {"statistics": CONSENTED})
    key = await key_for(hand_in)
    value = msgspec.msgpack.decode(sent(hand_in, key).value, type=Submitted)
    place = Context("acme", key.alias, SUBMITTED.name, STATISTICS_SCHEMA, EVENT, key.key_id)
    assert value.statistics is not None
    opened = open_sealed(key.subkeys["statistics"], value.statistics, place)
    assert msgspec.msgpack.decode(opened, type=Counted) == hand_in.counted
    for domain in set(key.subkeys) - {"statistics"}:
        with pytest.raises(NotOpened):
            open_sealed(key.subkeys[domain], value.statistics, place)


async def test_without_a_key_for_statistics_nothing_of_it_is_sealed() -> None:
    hand_in = read_one(employee() | {"statistics": CONSENTED})
    key = await key_for(hand_in)
    without = {domain: subkey for domain, subkey in key.subkeys.items() if domain != "statistics"}
    assert sealed_parts(hand_in, msgspec.structs.replace(key, subkeys=without), "acme").statistics is None


def test_whoever_consents_and_tells_nothing_is_counted_in_no_group() -> None:
    found = read_one(person(purposes=("scoring", "statistics")), PERSON).counted
    assert found is not None and (found.sex, found.age_band) == (0, 0)
    assert read_one(person(), PERSON).counted is None
    assert read_one(employee()).counted is None


def test_an_employees_own_consent_to_statistics_goes_to_the_ledger() -> None:
    (record,) = read_one(employee() | {"statistics": CONSENTED}).person.records
    assert (record.purpose, record.legal_basis, record.notice, record.language) == (
        "statistics",
        "consent",
        "employees-1",
        "de",
    )


def test_nothing_is_told_for_statistics_without_consent_to_them() -> None:
    assert set(faults(person() | {"statistics": TOLD}, PERSON)) == {"/statistics"}
    assert set(faults(employee() | {"statistics": TOLD})) == {"/statistics/notice", "/statistics/language"}


@pytest.mark.parametrize("told", [{"sex": "F"}, {"age_band": 40}, {"ethnicity": "x"}])
def test_nothing_but_sex_and_age_band_is_taken(told: dict[str, object]) -> None:
    assert len(faults(employee() | {"statistics": CONSENTED | told})) == 1
