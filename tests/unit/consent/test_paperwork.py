"""The generated documents: they say what the configuration says, for each party, and nobody writes them by hand."""

from datetime import UTC, datetime

import msgspec
import pytest

from infra.local.services import SERVICES
from schemas.purposes import PURPOSES
from schemas.stores import STORES
from schemas.topics import TOPICS
from services.consent.consents.processing import CATEGORIES, PROCESSING
from services.consent.controllers.controller import Party
from services.consent.keys.epochs import Epoch
from services.consent.paperwork import paperwork
from services.consent.paperwork.affected import AffectedPerson, Exposure
from services.consent.paperwork.breach_notification import affected_lists, breach_notification
from services.consent.paperwork.outside import outside
from services.consent.paperwork.state import PrivacyState, TenantState
from services.consent.retention.terms import DEFAULT_DAYS

AT = "2026-11-23T18:00:00Z"
ACME = TenantState(
    "acme",
    12,
    {"assessments": 365, "earlier-assessments": 90, "requests": 1_095, "codes": 14},
    controller="ACME | Ltd",
    contact="dpo@acme.example",
    legal_basis="employment-law",
    agreement="Agreement 7",
    notice="employees-1",
    instructs=("erasure",),
)
INDIVIDUALS = TenantState("individuals", 3, DEFAULT_DAYS)
STATE = PrivacyState(
    Party("Operator Ltd", "dpo@operator.example"),
    86_400,
    30,
    61,
    (ACME, INDIVIDUALS),
    (),
    (),
    (Epoch(1, AT, 15, None, None),),
)
DOCUMENTS = paperwork(STATE, AT)


def test_every_document_of_the_record_is_there_for_each_party() -> None:
    assert set(DOCUMENTS) == {
        "record-of-processing.md",
        "impact-assessment.md",
        "sub-processors.md",
        "processing-terms-acme.md",
        *(
            f"notice-acme-{name}.{language}.md"
            for name in ("decision-ai-1", "employees-1", "employees-2", "employees-3", "workplace-ai-1")
            for language in ("en", "de")
        ),
        *(f"notice-individuals-individuals-{one}.md" for one in ("1.en", "1.de", "2.en", "2.de")),
    }


def test_the_record_of_processing_names_every_purpose_the_controllers_and_the_times() -> None:
    told = DOCUMENTS["record-of-processing.md"]
    assert all(f"| {purpose} |" in told for purpose in PURPOSES)
    assert "ACME \\| Ltd, dpo@acme.example" in told
    assert "GDPR Art. 88 with national law or a collective agreement: Agreement 7" in told
    assert "365 days" in told
    assert all(days in told for days in ("365 days", "90 days", "730 days", "1095 days"))


def test_the_terms_say_what_was_instructed() -> None:
    told = DOCUMENTS["processing-terms-acme.md"]
    assert "by standing instruction: erasure;" in told
    assert "Research: not instructed, and therefore off." in told
    assert [f"({letter})" in told for letter in "abcdefgh"] == [True] * 8


def test_the_terms_and_the_record_name_all_that_is_done_for_an_organisation_with_all_that_is_held() -> None:
    terms, record = DOCUMENTS["processing-terms-acme.md"], DOCUMENTS["record-of-processing.md"]
    assert all(f"{name} ({one.told})" in terms for name, one in CATEGORIES.items())
    done = "scoring, delivery, delivery-detail, access, review, statistics, retention-beyond-result, legal-claim"
    assert f"| {done} |" in record
    assert all(f"{purpose} ({PROCESSING[purpose].told})" in terms for purpose in done.split(", "))
    # Nothing of it is done as an employee, without the controller's instruction, or on this basis
    assert not any(f"{purpose} (" in terms for purpose in set(PURPOSES) - set(done.split(", ")))


def test_what_is_done_for_an_organisation_follows_its_registration() -> None:
    acme = msgspec.structs.replace(ACME, legal_basis="contract", research=True)
    told = paperwork(msgspec.structs.replace(STATE, tenants=(acme,)), AT)["record-of-processing.md"]
    done = "scoring, delivery, delivery-detail, access, portability, review, statistics, research"
    assert f"| {done}, retention-beyond-result, legal-claim |" in told


def test_the_documents_say_by_when_no_backup_opens_the_key_of_the_erased() -> None:
    for name in ("record-of-processing.md", "impact-assessment.md"):
        assert "61 days after an erasure at the latest" in DOCUMENTS[name]
    assert "opens nothing 61 days later at the latest" in DOCUMENTS["processing-terms-acme.md"]
    told = paperwork(msgspec.structs.replace(STATE, keys_gone_days=None), AT)["record-of-processing.md"]
    assert "| the keys of the erased in backups | until a rotation by command |" in told


def test_the_impact_assessment_shows_the_real_flow() -> None:
    told = DOCUMENTS["impact-assessment.md"]
    assert all(f"| {topic.name} |" in told for topic in TOPICS)
    assert {store.service for store in STORES} == {service.name for service in SERVICES if service.stores}
    assert all(store.holds in told for store in STORES)


AWARE = datetime(2026, 11, 23, 18, tzinfo=UTC)
PEOPLE = (
    AffectedPerson("acme", "0" * 16, 1, 2, AT, ("a" * 32, "b" * 32)),
    AffectedPerson("individuals", "1" * 16, 2, 2, AT, ("c" * 32,)),
)


def test_a_breach_is_told_within_72_hours_to_authority_and_controllers_with_the_keys_affected() -> None:
    told = breach_notification(STATE, "2026-11-24T08:00:00Z", AWARE, Exposure((1, 2)), PEOPLE)
    assert "on 2026-11-24T08:00:00Z" in told
    assert "**2026-11-26T18:00:00Z**" in told
    assert "Epochs of the root key: 1, 2. People: everybody. People affected: 2" in told
    assert "| 1 | 2026-11-23T18:00:00Z | acme | 1 |" in told
    assert "| individuals | 1 |" in told
    assert "- ACME | Ltd, dpo@acme.example" in told
    assert "It is none for data keys that were opened" in told


def test_each_controller_is_given_a_list_by_what_it_was_given_itself() -> None:
    assert affected_lists(PEOPLE) == {
        "affected-acme.csv": "key_id,first_epoch,last_epoch,since,assessments\n"
        f"{'0' * 16},1,2,{AT},{'a' * 32} {'b' * 32}\n",
        "affected-individuals.csv": "key_id,first_epoch,last_epoch,since,assessments\n"
        f"{'1' * 16},2,2,{AT},{'c' * 32}\n",
    }


def test_of_a_leaked_token_is_told_what_it_opens() -> None:
    told = breach_notification(STATE, AT, AWARE, Exposure(tenants=("acme",)), PEOPLE[:1], service="scoring")
    assert "| scoring | answers, result, detail, trail |" in told
    assert "| review |" not in told


@pytest.mark.parametrize(
    ("root_key", "bootstrap", "database", "where"),
    [
        ("file:", "127.0.0.1:9092", "sqlite:///consent.db", []),
        ("file:", "kafka:9092,10.0.0.7:9092", "postgresql://consent@postgres/consent", []),
        ("pkcs11:token=x?module-path=/y.so", "[::1]:9092", "postgresql://consent@db.internal:5432/consent", []),
        ("aws-kms:eu-central-1/careerpulse", "localhost:9092", "sqlite:///consent.db", ["eu-central-1"]),
        ("vault:https://vault.example.com:8200/secret/x", "kafka:9092", "sqlite:///x.db", ["vault.example.com"]),
        (
            "file:",
            "a.kafka.example:9092,b.kafka.example:9092",
            "sqlite:///x.db",
            ["a.kafka.example", "b.kafka.example"],
        ),
        ("file:", "kafka:9092", "postgresql+asyncpg://consent:s3cret@db.example.com:5432/x", ["db.example.com"]),
    ],
)
def test_whose_services_are_called_is_read_from_the_settings(root_key, bootstrap, database, where) -> None:
    called = outside(root_key, bootstrap, database)
    assert [one.where for one in called] == where
    state = msgspec.structs.replace(STATE, outside=called)
    for name in ("sub-processors.md", "processing-terms-acme.md"):
        told = paperwork(state, AT)[name]
        assert all(f"| {place} |" in told for place in where)
        assert ("| none |" in told) == (not where)
        assert "s3cret" not in told


def test_who_is_named_by_settings_that_consent_does_not_know_is_left_open_with_what_they_would_see() -> None:
    holds = {store.service: store.holds for store in STORES}
    for name in ("sub-processors.md", "processing-terms-acme.md"):
        told = DOCUMENTS[name]
        for setting, sees in (
            ("`DATABASE_URL` of intake", holds["intake"]),
            ("`DATABASE_URL` of audit", holds["audit"]),
            ("`AUDIT_LOG_DIR` of audit", "the entries of the log, which name nobody"),
        ):
            (row,) = [line for line in told.splitlines() if line.startswith(f"| {setting} |")]
            assert "**to be filled in**, or none" in row
            assert row.endswith(f"| {sees} |")
