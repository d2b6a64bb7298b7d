"""Writing PDF."""

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fpdf import FPDF
from fpdf.fonts import TTFFont

from tasks_app.jobs.documents.addresses import is_harmless
from tasks_app.jobs.documents.options import Quality
from tasks_app.jobs.documents.page import Page
from tasks_app.jobs.documents.typefaces import (
    HELVETICA,
    HELVETICA_CHARACTERS,
    find_unicode_typeface,
    showable,
)

TEXT_POINTS, MARK_POINTS = 10, 8
LINE_MILLIMETRES = 5
TAB = " " * 4


class PdfWriter:
    """The visible text, each page of the document on a new sheet.

    The same document gives the same bytes: its own date of change is the PDF's date.
    """

    def __init__(self, stream: BinaryIO, source: Path, quality: Quality) -> None:
        self.stream = stream
        self.quality = quality
        self.characters_replaced = 0
        self.pdf = FPDF(format="A4")
        self.pdf.set_title(source.name)
        self.pdf.set_creation_date(datetime.fromtimestamp(source.stat().st_mtime, UTC))
        self.embedded: TTFFont | None = None
        self.font: str | None = self._choose_font()

    def add(self, page: Page) -> None:
        self._begin_sheet(f"Page {page.number}")
        self._print(page.text)

    def finish(self, addresses: Sequence[str]) -> None:
        if addresses:
            self._begin_sheet("Links")
        for address in addresses:
            self._print(address, link=address if is_harmless(address) else "")
        self.stream.write(self.pdf.output())

    def close(self) -> None:
        """Close the typeface's file, which the library leaves to the garbage collector."""
        if self.embedded:
            self.embedded.ttfont.close()

    def _choose_font(self) -> str:
        typeface = find_unicode_typeface() if self.quality.typeset else None
        if typeface is None:
            self.pdf.set_font(HELVETICA, size=TEXT_POINTS)
            self.characters: Container[int] = HELVETICA_CHARACTERS
            return HELVETICA
        name, path = typeface
        self.pdf.add_font(name, fname=path)
        self.pdf.set_font(name, size=TEXT_POINTS)
        font = self.pdf.current_font
        assert isinstance(font, TTFFont)
        self.embedded, self.characters = font, font.cmap
        return name

    def _begin_sheet(self, mark: str) -> None:
        self.pdf.add_page()
        if self.quality.links_listed:
            self.pdf.start_section(mark)
        if self.quality.pages_marked:
            self.pdf.set_font_size(MARK_POINTS)
            self._print(mark)
            self.pdf.set_font_size(TEXT_POINTS)

    def _print(self, text: str, link: str = "") -> None:
        shown, replaced = showable(text.replace("\t", TAB), self.characters)
        self.characters_replaced += replaced
        self.pdf.multi_cell(
            0, LINE_MILLIMETRES, shown, align="L", link=link, new_x="LMARGIN", new_y="NEXT"
        )
