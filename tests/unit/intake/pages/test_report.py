"""The document to print: tagged, in a language, with nothing loaded from anywhere."""

import re
import zlib

import pytest

from services.intake.pages.report import NoPrinter, printed


def unpacked(paper: bytes) -> bytes:
    """Everything in a PDF, its packed streams included."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL)
    return paper + b"".join(zlib.decompress(one) for one in packed if one[:1] == b"x")


def test_the_document_is_tagged_and_says_that_it_follows_pdf_ua() -> None:
    try:
        paper = unpacked(printed('<html lang="de"><title>T</title><body><h1>Wert</h1><p>64</p></body></html>'))
    except NoPrinter as missing:
        pytest.skip(str(missing))

    for sign in (b"/MarkInfo", b"/StructTreeRoot", b"pdfuaid", b"/Lang (de)", b"/H1"):
        assert sign in paper
