"""No time limit is asserted anywhere, so Hypothesis keeps none either: a busy machine is no defect."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
