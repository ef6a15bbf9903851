"""The letter by which an employee learns what their organisation has asked for on their behalf.

No address of an employee is known here: the organisation hands it on. That it was read is known once its employee has
opened their page.
"""

from schemas.employees import Forwarded

_ENGLISH: dict[str, str] = {
    "access": "access to your data",
    "portability": "a copy of your answers",
    "rectification": "the correction of your answers",
    "restriction": "a hold on the use of your data",
    "restriction-lift": "the end of the hold on your data",
    "objection": "an end to what is done with your data for a legitimate interest",
    "review": "a review of your result by a human",
    "erasure": "the erasure of your data",
}
_GERMAN: dict[str, str] = {
    "access": "Auskunft über Ihre Daten",
    "portability": "eine Kopie Ihrer Antworten",
    "rectification": "die Berichtigung Ihrer Antworten",
    "restriction": "eine Einschränkung der Verarbeitung Ihrer Daten",
    "restriction-lift": "das Ende der Einschränkung der Verarbeitung Ihrer Daten",
    "objection": "ein Ende dessen, was mit Ihren Daten aus berechtigtem Interesse geschieht",
    "review": "die Überprüfung Ihres Ergebnisses durch einen Menschen",
    "erasure": "die Löschung Ihrer Daten",
}


def letter(asked: Forwarded, privacy: str) -> dict[str, str]:
    """The text by language; `privacy` is where the pages lie on which the employee acts for themself."""
    day, page = asked.opened_at[:10], f"{privacy}/employee"
    return {
        "en": (
            f"On {day} we asked CareerPulse, which processes your assessment for us, for {_ENGLISH[asked.type]}, on "
            f"your behalf. The request has the number {asked.id}.\n\nAt {page} you read what became of it, stop it "
            "while it can be stopped, and use every other right of yours. You need a code for it that works once, "
            "which we give you. You can also turn to a supervisory authority or a court (GDPR Art. 77, 79)."
        ),
        "de": (
            f"Am {day} haben wir in Ihrem Namen um {_GERMAN[asked.type]} gebeten, und zwar CareerPulse, das Ihre "
            f"Einschätzung in unserem Auftrag verarbeitet. Die Anfrage hat die Nummer {asked.id}.\n\nUnter {page} "
            "lesen Sie, was daraus wurde, halten Sie sie auf, solange das möglich ist, und nehmen Sie Ihre "
            "übrigen Rechte wahr. Dazu brauchen Sie einen Code, der einmal gilt und den Sie von uns bekommen. Sie "
            "können sich auch an eine Aufsichtsbehörde oder ein Gericht wenden (DSGVO Art. 77, 79)."
        ),
    }
