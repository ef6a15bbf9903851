"""How much of what AI can take part in is in use: a logistic curve at three speeds, as integers.

It sets the pace, not the amount: 20.0 % of enterprises in the European Union used any AI in 2025 (Eurostat,
isoc_eb_ai; 8.0 % in 2023, 13.5 % in 2024), and that counts enterprises, not work done with AI. The middle
slope is fitted to the three years on the logit scale; slow and fast are judgement.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from services.methodology.v1.advice.figures import FIRST_YEAR

LAST_YEAR = 2104
FIRST_SHARE = Decimal("0.200")
SLOPES = {"slow": Decimal("0.35"), "middle": Decimal("0.53"), "fast": Decimal("0.70")}


def adoption(slope: Decimal) -> list[int]:
    """Parts of 10,000 in use in each year from 2025 on: ``1 / (1 + (1 - p) / p · e^(-slope · t))``."""
    with localcontext() as context:
        context.prec = 40
        odds = (1 - FIRST_SHARE) / FIRST_SHARE
        shares = (1 / (1 + odds * (-slope * years).exp()) for years in range(LAST_YEAR - FIRST_YEAR + 1))
        return [int((10_000 * share).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for share in shares]
