"""The methodology as it is published: pages and a document, generated from the version so that they cannot
drift.

``python -m services.methodology.publication`` writes ``docs/methodology``; a test compares every byte.
"""

from services.methodology.publication.document import document
from services.methodology.publication.pages import pages

__all__ = ["document", "pages"]
