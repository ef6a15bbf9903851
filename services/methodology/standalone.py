"""The stand-alone reference implementation of methodology 1, for whoever computes a score a second time."""

from services.methodology.v1.standalone import TABLES, assess

__all__ = ["TABLES", "assess"]
