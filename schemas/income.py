"""The optional longer list of a person's income: sources, contracts, expenses, reserve. It never changes a score.

::

    {
      "as_of": "2026-11", "currency": "EUR", "expenses": 250000, "reserve": 900000,
      "sources": [
        {"id": "main-client", "kind": "contract", "monthly": 320000,
         "contract": {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"}},
        {"id": "teaching", "kind": "employment", "monthly": 60000, "contract": {"notice_months": 3}}
      ]
    }

All money is in minor units of the one currency, a month's amount after tax and contributions.
"""

from marshmallow import fields

from schemas.fields import Currency, Flag, Integer, Items, Line, Money, Month, OneCurrency, Strict, Text

KINDS = ("employment", "contract", "product", "capital", "benefit")
RENEWALS = ("automatic", "negotiated", "none")


class Contract(Strict):
    """``starts`` and ``ends`` are the first and the last month paid; without an end it is open.

    ``notice_months`` hold for both sides. ``renewal`` says what happens at the end, ``renews_for_months`` for how
    long an automatic one holds.
    """

    starts = Month()
    ends = Month()
    notice_months = Integer(0, 24)
    renewal = Text(10, choices=RENEWALS)
    renews_for_months = Integer(1, 60)


class IncomeSource(OneCurrency):
    """One source by a short id of the person's choice; ``label`` is shown beside it.

    ``paid_when_ill`` is taken as true but for contracts, where it is left out.
    """

    id = Text(40, pattern=r"[a-z0-9][a-z0-9\-]*", example="main-client", required=True)
    label = Line(100)
    kind = Text(10, choices=KINDS, required=True)
    monthly = Money(required=True)
    paid_when_ill = Flag()
    contract = fields.Nested(Contract)


class Income(OneCurrency):
    """Sources, monthly expenses (at least 1) and the reserve, a balance."""

    as_of = Month(required=True)
    currency = Currency(required=True)
    expenses = Money(1, required=True)
    reserve = Money(required=True)
    sources = Items(fields.Nested(IncomeSource), 30, minimum=1, required=True)
