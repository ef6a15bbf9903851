"""The items that every occupation has, by dimension, with their weights in parts of 10,000."""

from services.methodology.v1 import definition as d

FIXED_ITEMS: dict[int, tuple[tuple[str, int], ...]] = {
    d.TASKS: (
        ("tasks.human_rating", d.HUMAN_WEIGHT),
        ("tasks.model_rating", d.MODEL_WEIGHT),
        ("tasks.activities", d.MIX_WEIGHT),
    ),
    d.AI: tuple(zip(d.AI_ITEMS, d.BEHAVIOUR_WEIGHTS, strict=True)),
    d.LEARNING: tuple(zip(d.LEARNING_ITEMS, d.BEHAVIOUR_WEIGHTS, strict=True)),
    d.MARKET: (("market.projection", d.VALUE),),
    d.INCOME: tuple(zip(d.INCOME_ITEMS, d.INCOME_WEIGHTS, strict=True)),
}
