"""A record as linked data: what ISO/IEC TS 27560 asks for is there, in terms that DPV 2.3 has."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import orjson
import pytest
from rdflib import DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from schemas.purposes import LEGAL_BASES, PURPOSES, RECORD_STATES
from services.consent.consents.record import Recorded, graph
from services.consent.controllers.controller import Party, Roles

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
DPV = Namespace("https://w3id.org/dpv#")
GDPR = Namespace("https://w3id.org/dpv/legal/eu/gdpr#")
NAMES = {
    name.replace("eu-gdpr:", str(GDPR)).replace("dpv:", str(DPV))
    for name in (Path(__file__).with_name("dpv-2.3.txt")).read_text().splitlines()
    if not name.startswith("#")
}
AT, LATER = "2026-11-23T18:00:00Z", "2026-11-24T18:00:00Z"
OPERATOR, ACME = Party("Operator Ltd", "dpo@operator.example"), Party("ACME Ltd", "dpo@acme.example")
GIVEN = Recorded(
    "r1", "scoring", "consent", "given", "individuals-1", "de", AT, None, Roles(OPERATOR), 730, "https://c.example"
)
WORKS_COUNCIL = replace(
    GIVEN, legal_basis="employment-law", roles=Roles(ACME, OPERATOR, "Works-council agreement 7/2026")
)


def parsed(*records: Recorded) -> Graph:
    return Graph().parse(data=orjson.dumps(graph(records)), format="json-ld")


def one(read: Graph, *path: URIRef) -> object:
    """The one value at the end of a path of properties from the record."""
    at = URIRef("urn:careerpulse:record:r1")
    for step in path:
        at = read.value(at, step, any=False)
    return at


def test_a_consent_tells_notice_purpose_basis_controller_storage_time_and_how_to_withdraw() -> None:
    read, process = parsed(GIVEN), DPV.hasProcess
    assert one(read, RDF.type) == DPV.ConsentRecord
    assert one(read, DPV.hasNotice, DCTERMS.identifier) == Literal("individuals-1")
    assert one(read, DPV.hasNotice, DCTERMS.language) == Literal("de")
    assert one(read, DPV.hasDataController, DPV.hasName) == Literal("Operator Ltd")
    assert one(read, process, DPV.hasPurpose, DCTERMS.description) == Literal(
        "compute a score with its reasons from the answers"
    )
    assert one(read, process, DPV.hasLegalBasis) == GDPR["A6-1-a"]
    assert str(one(read, process, DPV.hasStorageCondition, DPV.hasDuration)) == "P730D"
    assert one(read, process, DPV.hasConsentControl, DPV.isExercisedAt) == URIRef("https://c.example/v1/consents/r1")
    assert {str(title) for title in read.objects(None, DCTERMS.title)} >= {"answers", "result", "detail", "trail"}


def test_a_withdrawal_stands_beside_the_giving() -> None:
    read = parsed(replace(GIVEN, state="withdrawn", ended_at=LATER))
    told = {
        (read.value(one, RDF.type), str(read.value(one, DCTERMS.date))) for one in read.objects(None, DPV.hasStatus)
    }
    assert {kind for kind, _ in told} == {DPV.ConsentGiven, DPV.ConsentWithdrawn}


def test_an_employees_record_names_the_organisation_its_processor_and_the_agreement_and_is_no_consent() -> None:
    read = parsed(WORKS_COUNCIL)
    assert one(read, RDF.type) == DPV.DataProcessingRecord
    assert one(read, DPV.hasDataController, DPV.hasName) == Literal("ACME Ltd")
    assert one(read, DPV.hasDataProcessor, DPV.hasName) == Literal("Operator Ltd")
    assert one(read, DPV.hasProcess, DPV.hasLegalBasis, DCTERMS.source) == Literal("Works-council agreement 7/2026")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_term_is_one_that_dpv_has(purpose) -> None:
    # Given a record of this purpose on every basis and in every state, with everything that may stand in it
    records = [
        replace(WORKS_COUNCIL, record_id=f"{basis}-{state}", purpose=purpose, legal_basis=basis, state=state)
        for basis, state in product(LEGAL_BASES, RECORD_STATES)
    ]
    # When it is read as RDF
    used = {
        str(node) for triple in parsed(*records) for node in triple if str(node).startswith((str(DPV), str(GDPR)))
    }
    # Then no name is our invention, and none was lost because the context does not know it
    assert used <= NAMES
    assert {str(DPV.hasPurpose), str(DPV.hasStatus), str(DPV.hasStorageCondition)} <= used
