"""The newest version as pages for readers, generated from it so that they cannot drift.

``python -m services.methodology.publication`` writes ``docs/methodology``; a test compares every byte.
"""

from services.methodology.publication.pages import pages

__all__ = ["pages"]
