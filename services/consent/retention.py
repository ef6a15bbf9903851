"""How long what is kept, where nobody has set another time: storage limitation (GDPR Art. 5(1)(e)). Pure."""

from typing import Final, Literal, get_args

Category = Literal["assessments", "requests", "codes"]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
DEFAULT_DAYS: Final[dict[Category, int]] = {"assessments": 730, "requests": 1_095, "codes": 14}
"""Days. `assessments`: a person with all that is theirs, from the last hand-in on; `requests`: a closed request and
its receipt, which names nobody; `codes`: an invitation that an organisation obtained and nobody used.
"""
