"""What purposes, legal bases, rights, states and stores are called, in the reader's language."""

from collections.abc import Mapping
from typing import Protocol

from services.consent.settings import UNNAMED


class Says(Protocol):
    """`Visit.says`."""

    def __call__(self, message: str, **values: object) -> str:
        """The message in the reader's language."""
        ...


Words = Mapping[str, str]


def party(_: Says, name: str) -> str:
    """A controller's name; of an operator who has told none, what stands for it."""
    return _("whoever runs this service") if name == UNNAMED else name


def purposes(_: Says) -> Words:
    """Each purpose that a record may name."""
    return {
        "scoring": _("Compute your score"),
        "statistics": _("Statistics about groups"),
        "research": _("Research on the methodology"),
        "delivery": _("Hand score and band to your employer"),
        "delivery-detail": _("Hand the reasons to your employer too"),
        "draft": _("Keep your unfinished answers"),
        "retention-beyond-result": _("Keep your data longer than usual"),
        "legal-claim": _("Settle a legal dispute"),
    }


def purposes_told(_: Says) -> Words:
    """What is done for the purpose."""
    return {
        "scoring": _("Your answers are opened to compute score, reasons and advice. Without it nothing is computed."),
        "statistics": _("Tests whether the score treats groups unequally. Groups only, never you."),
        "research": _("A research body may use your answers and your result to improve the methodology."),
        "delivery": _("Your employer receives the score with its band. Answers and reasons stay closed to them."),
        "delivery-detail": _("Your employer also receives why the score is what it is."),
        "draft": _("What you have filled in is kept, sealed, until you hand it in."),
        "retention-beyond-result": _("What is sealed is kept beyond the ordinary storage time."),
        "legal-claim": _("What a dispute needs may be shown to courts and counsel."),
    }


def bases(_: Says) -> Words:
    """Each legal basis with its article."""
    return {
        "consent": _("your consent (GDPR Art. 6(1)(a))"),
        "contract": _("a contract (Art. 6(1)(b))"),
        "legal-obligation": _("a legal obligation (Art. 6(1)(c))"),
        "vital-interest": _("a vital interest (Art. 6(1)(d))"),
        "public-task": _("a public task (Art. 6(1)(e))"),
        "legitimate-interest": _("a legitimate interest (Art. 6(1)(f))"),
        "employment-law": _("employment law or a works agreement (Art. 88)"),
    }


def rights(_: Says) -> Words:
    """Each type of request."""
    return {
        "access": _("See everything"),
        "portability": _("Take your answers along"),
        "rectification": _("Correct answers"),
        "review": _("Review by a person"),
        "restriction": _("Put processing on hold"),
        "restriction-lift": _("End the hold"),
        "objection": _("Object"),
        "erasure": _("Erase everything"),
    }


def states(_: Says) -> Words:
    """Each state of a request; of an erasure with `erasure:`, of a forwarded one with `forwarded:` before it."""
    return {
        "pending": _("Received"),
        "ordered": _("Under way"),
        "complete": _("Done"),
        "cancelled": _("Cancelled"),
        "in-force": _("In force"),
        "over": _("Ended"),
        "erasure:pending": _("Can still be cancelled"),
        "erasure:begun": _("Being carried out"),
        "erasure:erased": _("Key destroyed"),
        "erasure:revoked": _("Key destroyed"),
        "erasure:ordered": _("Stores are being cleared"),
        "erasure:complete": _("Erased"),
        "erasure:cancelled": _("Cancelled"),
        "forwarded:waiting": _("Waits for your employer"),
        "forwarded:announced": _("Announced by your employer"),
        "forwarded:carried-out": _("Carried out"),
        "forwarded:refused": _("Refused by your employer"),
    }


def extensions(_: Says) -> Words:
    """Why a request takes longer."""
    return {
        "complexity": _("The request is complex."),
        "number-of-requests": _("There are many requests at once."),
    }


def outcomes(_: Says) -> Words:
    """What came of a request, where its state does not say it."""
    return {
        "expired": _("The result was kept for 30 days and is gone. Ask for it anew."),
        "confirmed": _("A person looked at the result and confirms it."),
        "annotated": _("A person looked at the result and put a note beside it."),
        "overruled": _("A person looked at the result and disagrees with it."),
    }


def incomes(_: Says) -> Words:
    """Each figure of the income part."""
    return {
        "largest_source": _("From the largest source, a month"),
        "sources_total": _("From all sources, a month"),
        "expenses": _("Expenses, a month"),
        "reserve": _("Reserve"),
        "months_covered": _("Months of the last twelve with enough income"),
        "sources": _("Number of sources"),
    }


def acts(_: Says) -> Words:
    """What an auditor did with a person's data, or what the organisation was told of it."""
    return {
        "viewed": _("An auditor looked at it."),
        "key-released-to-a-human": _("An auditor opened what is sealed."),
        "exported": _("An auditor took it into an evidence pack."),
        "reviewed": _("A reviewer confirmed it."),
        "oversight-note": _("A reviewer put a note beside it."),
        "override": _("A reviewer overruled it."),
        "delivered-result": _("The organisation got the score and its band."),
        "delivered-detail": _("The organisation got the reasons."),
    }


def stores(_: Says) -> Words:
    """Each store of a receipt."""
    return {
        "consent": _("Your key, your consents and the way from your code to you"),
        "intake": _("Your answers and results"),
        "audit": _("The steps of the computation beside the log"),
    }
