"""What remains to somebody whose request is not carried out, told with every refusal (GDPR Art. 12(4)) and in every
report of an access request (Art. 15(1)(f)).
"""

import msgspec

SHAPE = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"article": {"type": "string"}, "en": {"type": "string"}, "de": {"type": "string"}},
        "required": ["article", "en", "de"],
    },
}
"""What JSON Schema says of a list of remedies."""


class Remedy(msgspec.Struct, frozen=True):
    """One way on: the article of the GDPR that opens it, and what it is in English and in German."""

    article: str
    en: str
    de: str


REMEDIES = (
    Remedy(
        "77",
        "You may complain to a supervisory authority: where you live, where you work, or where you think that the "
        "law was broken (GDPR Art. 77).",
        "Sie können sich bei einer Aufsichtsbehörde beschweren: dort, wo Sie wohnen, wo Sie arbeiten oder wo Sie den "
        "Verstoß vermuten (Art. 77 DSGVO).",
    ),
    Remedy(
        "79",
        "You may also go to court: where whoever is responsible for your data is established, or where you live "
        "(GDPR Art. 79).",
        "Sie können auch vor Gericht gehen: dort, wo der für Ihre Daten Verantwortliche eine Niederlassung hat, oder "
        "dort, wo Sie leben (Art. 79 DSGVO).",
    ),
)
"""Both hold for every refusal, whoever refused and why."""
