"""What is told about this version beside its results: pages for readers, the worked example, generated people.

No result depends on any of it, so it is no part of a content hash; an import contract keeps ``rules`` away from it.
"""

from services.methodology.v1.publication.example import CODE as EXAMPLE
from services.methodology.v1.publication.example import answers as example
from services.methodology.v1.publication.pages import pages
from services.methodology.v1.publication.published import published
from services.methodology.v1.publication.specimen import drawable, specimen

__all__ = ["EXAMPLE", "drawable", "example", "pages", "published", "specimen"]
