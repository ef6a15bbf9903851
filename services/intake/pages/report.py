"""A page as a document to print: tagged PDF after PDF/UA-1 (ISO 14289-1), by WeasyPrint. It loads nothing."""

from pathlib import Path
from typing import Any

SHEET = Path(__file__).with_name("static") / "report.css"


class NoPrinter(Exception):
    """This machine cannot make a PDF; says what is missing."""


def printed(html: str) -> bytes:
    """The PDF of a page. Raises NoPrinter where Pango, which sets the text, is not installed."""
    try:
        from weasyprint import HTML  # only here: without Pango the import fails, and all but the PDF goes on
    except OSError as error:
        raise NoPrinter(f"WeasyPrint does not load: {error}") from error
    page = HTML(string=html, base_url="page:", url_fetcher=_nothing)
    return bytes(page.write_pdf(stylesheets=[str(SHEET)], pdf_variant="pdf/ua-1"))


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    raise ValueError(f"a document loads nothing, and this one asked for {url[:80]}")
