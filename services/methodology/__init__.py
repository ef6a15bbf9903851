"""The published methodology: pure data and functions, the only package that services share.

``load().score(answers)`` scores answers of the form ``schemas.answers.Answers`` and gives the documents of
``schemas.result``; ``validate`` names what cannot be scored. Nothing here reads a clock, a network or a
random stream.
"""

from services.methodology.finding import Finding, Refused
from services.methodology.rules import OccupationEntry
from services.methodology.version import Scored, UnknownVersion, Version, load

__all__ = ["Finding", "OccupationEntry", "Refused", "Scored", "UnknownVersion", "Version", "load"]
