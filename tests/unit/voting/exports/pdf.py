"""Reads printed sheets back, for tests: text and size of each page."""

from __future__ import annotations

import io

from pypdf import PdfReader

A4 = (595, 842)


def pages(pdf: bytes) -> list[str]:
    """Give the text of each page, without the line breaks of its layout."""
    reader = PdfReader(io.BytesIO(pdf))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def sizes(pdf: bytes) -> set[tuple[int, ...]]:
    """Give the sizes of the pages in whole points, upright."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return {tuple(sorted((round(box.width), round(box.height)))) for box in boxes}


def title(pdf: bytes) -> str | None:
    """Give the title that readers show."""
    found = PdfReader(io.BytesIO(pdf)).metadata
    return found.title if found else None
