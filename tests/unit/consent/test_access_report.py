"""The report of an access request says when sealed copies are gone, by what the broker says where it does."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.rights import HeldAssessment
from services.consent.retention.terms import DEFAULT_DAYS
from services.consent.rights.opened import Assessment
from services.consent.rights.report import Shown, Subject, access_report

MADE_AT = datetime(2026, 11, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kept", "gone_by", "settings"),
    [(timedelta(days=30), "2026-12-23T18:00:00Z", "read"), (None, "2026-11-30T19:06:00Z", "assumed")],
)
def test_copies_are_said_to_be_gone_when_the_brokers_own_settings_let_them_go(
    kept: timedelta | None, gone_by: str, settings: str
) -> None:
    # Given an assessment that ended on 23 November
    one = Assessment("e" * 32, told=HeldAssessment("e" * 32, "scored", "2026-11-23T18:00:00Z"))
    subject = Subject(
        tenant="individuals",
        state="active",
        controller=None,
        legal_basis=None,
        notice=None,
        made_at=MADE_AT,
        kept_until=MADE_AT,
        methodology="/v1/methodology",
        days=DEFAULT_DAYS,
        kafka_kept=kept,
    )
    # When the report is made
    retention = access_report(subject, Shown([one], [], [], [], [], []))["retention"]
    # Then the date follows the broker's settings, and it says whether those were read
    assert retention["sealed_copies_in_kafka_gone_by"] == gone_by
    assert retention["kafka_settings"] == settings
