"""What a service keeps of people is told where stores are described: a table about people that is not fails here."""

import pytest
from sqlalchemy import LargeBinary, MetaData

from schemas.stores import STORES
from services.audit.tables import metadata as audit
from services.intake.tables import metadata as intake

OF_PEOPLE = {
    "intake": {
        "assessments": "the state of each assessment, sealed results and reasons",
        "invitations": "in its invitation",
        "deliveries": "when which deliveries were made",
        "drafts": "sealed drafts of individuals",
    },
    "audit": {
        "trails": "sealed trails",
        "acts": "sealed acts of officers",
        "reviews": "reviews of results",
        "day_counts": "sealed counts of each organisation's days",
    },
}
"""By table, where it is told."""
OF_NOBODY = {
    "fence",  # an alias to which nothing leads, and how much was deleted
    "workforces",  # figures of groups
    "webhooks",  # an organisation's address and secret
    "idempotency_keys",  # keyed hashes under a key of their day
    "outbox",  # entries on their way, which name nobody
    "configurations",
    "organisations",
    "partner_keys",
    "entry_ids",
    "heads",
    "officers",
    "officer_sessions",
}
"""Tables with an alias, or bytes that may be sealed, that hold nothing of a person who is assessed."""


@pytest.mark.parametrize(("service", "metadata"), [("intake", intake), ("audit", audit)])
def test_every_table_of_people_is_told(service: str, metadata: MetaData) -> None:
    held = {
        table.name
        for table in metadata.tables.values()
        if any(column.name == "alias" or isinstance(column.type, LargeBinary) for column in table.columns)
    }
    assert held - OF_NOBODY == set(OF_PEOPLE[service])
    (holds,) = [one.holds for one in STORES if one.service == service]
    assert [told for told in OF_PEOPLE[service].values() if told not in holds] == []


def test_the_answers_of_invited_employees_are_told_as_those_of_individuals() -> None:
    (holds,) = [one.holds for one in STORES if one.service == "intake"]
    assert (
        "the sealed answers of those who filled the form in themselves (individuals and invited employees)" in holds
    )
