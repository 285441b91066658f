"""Make the Word template of official documents: page, fonts and the loop that fills it.

Run as `python -m tools.word_template`. Fonts are named, not embedded: an office's machine has them.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

TARGET: Final = (
    Path(__file__).resolve().parent.parent / "voting" / "exports" / "forms" / "document.docx"
)
BODY, TITLE, STRONG, CUE = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
LINE: Final = Pt(28.95)
KINDS: Final = ("paragraph", "center", "right", "heading", "cue")
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def made() -> bytes:
    """Give the template's bytes, the same every time."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    properties = document.core_properties
    properties.created = properties.modified = _MADE
    properties.author = properties.title = properties.comments = ""
    _font(document.styles["Normal"], BODY, 16)
    add = document.add_paragraph
    _place(add(), "{{ rehearsal }}", STRONG, 16, WD_ALIGN_PARAGRAPH.CENTER)
    add("{%p for line in title %}")
    _place(add(), "{{ line }}", TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER)
    add("{%p endfor %}")
    add("{%p for part in parts %}")
    for place, kind in enumerate(KINDS):
        add(f"{{%p {'el' if place else ''}if part.kind == '{kind}' %}}")
        _example(add(), kind)
    add("{%p endif %}")
    add("{%p endfor %}")
    memory = io.BytesIO()
    document.save(memory)
    return _same_time(memory.getvalue())


def _example(paragraph: Paragraph, kind: str) -> None:
    align = {"center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
    font, size = {"heading": (STRONG, 16), "cue": (CUE, 14)}.get(kind, (BODY, 16))
    _place(paragraph, "{{ part.text }}", font, size, align.get(kind, WD_ALIGN_PARAGRAPH.JUSTIFY))
    if kind in {"paragraph", "heading"}:
        paragraph.paragraph_format.first_line_indent = Pt(32)


def _place(
    paragraph: Paragraph, text: str, font: str, size: int, align: WD_ALIGN_PARAGRAPH
) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, max(LINE, Pt(size + 8))


def _font(style: ParagraphStyle, font: str, size: int) -> None:
    style.font.name, style.font.size = font, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _same_time(data: bytes) -> bytes:
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return memory.getvalue()


def main() -> None:
    """Write the template where the forms look for it."""
    TARGET.write_bytes(made())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
