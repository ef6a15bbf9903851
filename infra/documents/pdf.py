"""A PDF out of HTML: tagged, for screen readers too (PDF/UA-1, ISO 14289-1). Nothing is fetched from anywhere."""

from typing import NoReturn


class NoPdf(Exception):
    """The libraries that draw text (Pango) are not on this machine; HTML is what there is."""


def pdf(html: str) -> bytes:
    """The document, or NoPdf. Its HTML has a `lang` and a `title`; it takes a while, so call it in a thread."""
    try:
        from weasyprint import HTML  # its first import takes seconds, and only who asks for a PDF needs it
    except OSError as error:
        raise NoPdf(str(error)) from None

    document: bytes = HTML(string=html, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return document


def _nothing(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"a document of ours refers to nothing outside of itself, and this one does: {url[:80]}")
