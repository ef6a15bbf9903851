"""An invitation: whom an organisation asks to fill in the form, and what it is told of it."""

from marshmallow import fields

from schemas.assessment import LINKS, event_id, moment
from schemas.fields import Flag, Integer, Line, Open, Passing, Strict, Text

INVITATION_STATES = ("invited", "accepted", "scored", "refused", "failed", "gone")
PARTNER_TEST = "core"
"""The one test that there is, by its id in the assessment-partner interface."""


def call_back() -> Text:
    """An address that gets an empty PATCH when an assessment has ended."""
    return Text(2_000, pattern=r"https?://[\x21-\x7e]+", example="https://hr.example/assessed")


class NewInvitation(Strict):
    """The employee by the organisation's own name. `call_back` gets an empty PATCH when the assessment has ended."""

    external_id = Line(200, required=True)
    call_back = call_back()


class Invitation(Strict):
    """Where an invitation stands. Its id is that of the assessment that it leads to."""

    id = event_id(required=True)
    status = Text(10, choices=INVITATION_STATES, required=True)
    expires_at = moment(required=True)
    test = Flag()
    links = Open(LINKS, required=True)


class NewlyInvited(Invitation):
    """`code` opens the form, and `address` is the page that asks for it, with the code behind `#`, which no browser
    sends: pass either on to the employee. Both are told here alone.
    """

    code = Text(40, required=True)
    address = Text(2_100, required=True)


class PartnerCandidate(Passing):
    """Whom a test is for. Name, number and papers are neither used nor kept."""

    email = Line(200, required=True)
    greenhouse_profile_url = Line(200)


class PartnerSendTest(Passing):
    """One test for one person; `url` gets an empty PATCH when it has ended."""

    partner_test_id = Text(10, choices=(PARTNER_TEST,), required=True)
    candidate = fields.Nested(PartnerCandidate, required=True)
    url = call_back()


class PartnerResponseError(Passing):
    """That the caller could not use an answer. What is sent besides may name a candidate, and is not read."""

    api_call = Line(100, required=True)


class PartnerTestSent(Strict):
    """The test as it was sent to one person. No mail is sent from here: `invitation_url` is to be passed on."""

    partner_interview_id = event_id(required=True)
    invitation_url = Text(2_100, required=True)
    expires_at = moment(required=True)


class PartnerMetadata(Strict):
    """What stands beside a score, for people to read."""

    band = Text(40, required=True, data_key="Band")
    methodology = Text(20, required=True, data_key="Methodology")
    test_data = Text(3, data_key="Test data")


class PartnerStatus(Strict):
    """Where a test stands; with `complete` come the score in whole points of 100, and where its meaning is told."""

    partner_status = Text(20, required=True)
    partner_profile_url = Text(2_000)
    partner_score = Integer(0, 100)
    metadata = fields.Nested(PartnerMetadata)
