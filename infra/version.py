"""The version of the software, as it stands in every audit entry."""

from importlib.metadata import version

SOFTWARE = version("careerpulse")
