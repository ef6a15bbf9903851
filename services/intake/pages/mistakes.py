"""What is wrong with a field, and what would be right, in the reader's language."""

from collections.abc import Mapping

from infra.pages.visit import Visit


def said(visit: Visit, mistakes: Mapping[str, str]) -> dict[str, str]:
    """Mistakes by field, each a key of `_messages`, as they are said."""
    messages = _messages(visit) if mistakes else {}
    return {name: messages[key] for name, key in mistakes.items()}


def _messages(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "no_occupation": _("Choose at least one occupation: search for it, then press “Choose” beside it."),
        "share": _("Enter the share of your working time in whole percent, from 1 to 100."),
        "shares": _("The shares of your occupations must sum to 100 %."),
        "pause": _("Enter the months of the pause as a whole number from 0 to 720, or leave it empty."),
        "amount": _("Enter an amount such as 2500 or 2500.50, or leave it empty."),
        "needed-amount": _("Enter an amount such as 2500 or 2500.50: without it nothing can be computed."),
        "no-source": _("Enter what at least one source brings a month."),
        "source-amount": _("Enter what this source brings a month, or empty its other fields."),
        "month": _("Enter a month such as 2027-03, or leave it empty."),
        "ended": _("This contract has ended. Enter the month to which it was extended, or leave the source out."),
        "notice": _("Enter whole months from 0 to 24, or leave it empty."),
        "months_covered": _("Enter a whole number of months from 0 to 12, or leave it empty."),
        "sources": _("Enter a whole number of sources from 0 to 1000, or leave it empty."),
        "total": _("The income from all sources cannot be less than that from the largest one."),
        "of_age": _(
            "Confirm that you are old enough to decide about this yourself. Without that nobody is assessed."
        ),
        "of_age-draft": _(
            "Confirm that you are old enough to decide about this yourself. Without that nothing is kept."
        ),
        "draft": _("Agree that your answers are kept, or go back to the questions: without it nothing is kept."),
        "draft-claim": _("Under this claim code no draft may be kept. Check it, or leave it empty for a new one."),
        "no-draft": _(
            "No draft is kept under this claim code. Check it letter by letter; after 30 days, or once it is handed "
            "in, a draft is gone."
        ),
        "scoring": _("Agree to the scoring, or leave the page: without your agreement nothing is computed or kept."),
        "statistics": _(
            "You told your sex or your age: agree to statistics about groups, or choose “I prefer not to say”."
        ),
        "stopped": _(
            "The scoring of your answers was stopped, so nothing was handed in. Agree to it again under your data "
            "and your rights, then come back; until then your answers stay on this page."
        ),
        "claim": _("This claim code opens nothing, or its scoring was stopped. Check it, or leave it empty."),
        "claim-code-needed": _(
            "You were told a claim code when you filled in the form before. Enter it, so that nobody else adds to "
            "what is yours. If that was not you, leave the page: nothing was kept."
        ),
        "claim-code": _("This code opens nothing. Check it letter by letter; what it opened may have been erased."),
        "invitation": _("This code opens nothing. Check it letter by letter; an invitation holds for eight weeks."),
        "whole": _("Enter a whole number within the bounds that stand beside the field."),
        "answers": _("The answers do not fit each other. Go back and check them; nothing was kept."),
    }
