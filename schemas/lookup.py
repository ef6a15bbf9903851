"""What the public look-ups answer. What the methodology alone decides is told by its own published pages."""

from marshmallow import fields

from schemas.assessment import LINKS
from schemas.fields import Integer, Items, Line, Open, Strict, Text
from schemas.result import Edition, Methodology, content_hash

DOCUMENT = {"type": "object"}
DOCUMENTS = {"type": "array", "items": DOCUMENT}
TEXTS = {"type": "array", "items": {"type": "string"}}


class OccupationFound(Strict):
    """An occupation by which title it was found, and what can be said of it; `found_in` is that title's language."""

    code = Text(10, required=True)
    title = Line(300, required=True)
    found_by = Line(300, required=True)
    found_in = Text(35, required=True)
    rank = Integer(0, 2**53 - 1, required=True)
    status = Text(40, required=True)
    note = Text(1_000, minimum=0, required=True)
    links = Open(LINKS)


class OccupationsFound(Strict):
    """The best found first."""

    version = Text(20, required=True)
    occupations = Items(fields.Nested(OccupationFound), 50, required=True)


class Questionnaire(Strict):
    """What is asked, with anchors, allowed values and the JSON Schema of the answers."""

    version = Text(20, required=True)
    profile = Text(11, required=True)
    language = Text(35, required=True)
    translation = Text(1_000)
    occupations = Open(DOCUMENTS, required=True)
    parts = Open(DOCUMENTS, required=True)
    pause_months = Open(DOCUMENT, required=True)
    instructed = Open(DOCUMENT, required=True)
    json_schema = Open(DOCUMENT, required=True)


class PublishedVersion(Strict):
    """One published version of the methodology."""

    version = Text(20, required=True)
    hash = content_hash(required=True)
    edition = fields.Nested(Edition, required=True)
    links = Open(LINKS, required=True)


class PublishedVersions(Strict):
    """Every published version, the newest last."""

    newest = Text(20, required=True)
    versions = Items(fields.Nested(PublishedVersion), 1_000, minimum=1, required=True)


class MethodologyDocument(Strict):
    """Formulas, weights, sources, prose, limits, change notes and a worked example of one version."""

    version = Text(20, required=True)
    hash = content_hash(required=True)
    edition = fields.Nested(Edition, required=True)
    units_per_point = Integer(1, 10**10, required=True)
    dimensions = Open(DOCUMENTS, required=True)
    formulas = Open(DOCUMENT, required=True)
    advice = Open(DOCUMENT, required=True)
    credentials = Open(DOCUMENT, required=True)
    signals = Open(DOCUMENT, required=True)
    coverage = Open(DOCUMENT, required=True)
    measured = Open(DOCUMENT, required=True)
    sources = Open(DOCUMENT, required=True)
    translations = Open(DOCUMENTS, required=True)
    prose = Open(DOCUMENT, required=True)
    limits = Open(TEXTS, required=True)
    not_claimed = Open(TEXTS, required=True)
    worked_example = Open(DOCUMENT, required=True)
    changes = Text(1_000_000, required=True)
    changes_language = Text(35, required=True)
    links = Open(LINKS, required=True)


class MarketSignalsListed(Strict):
    """Dated signals with publisher and grade. They are part of no score."""

    methodology = fields.Nested(Methodology, required=True)
    edition = fields.Nested(Edition, required=True)
    grades = Open(DOCUMENT, required=True)
    signals = Open(DOCUMENTS, required=True)


class IncomeReviewed(Strict):
    """How an income holds over twelve months; what each member means stands with the methodology."""

    methodology = fields.Nested(Methodology, required=True)
    edition = fields.Nested(Edition, required=True)


class Advised(Strict):
    """Advice for the person alone, by the version that scored the assessment; what each member means stands with the
    methodology. All numbers are integers.
    """

    methodology = fields.Nested(Methodology, required=True)
    edition = fields.Nested(Edition, required=True)
