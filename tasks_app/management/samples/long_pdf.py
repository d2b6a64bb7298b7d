"""The long sample: a PDF set as word processors set justified text, each word placed by itself.

That makes reading it real work: some seconds for its pages, without a sleep anywhere.
"""

from collections.abc import Iterator
from textwrap import wrap
from typing import BinaryIO

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from tasks_app.management.samples.text import page_address, page_paragraphs

PAGES = 300
# In points. Courier's characters are all 0.6 of its size wide, so no table of widths is needed.
PAGE_SIZE = (595, 842)
LEFT, TOP, LINE, CHARACTER = 60, 780, 14, 6
COLUMNS = 78


def write_long_pdf(stream: BinaryIO) -> None:
    """Write `PAGES` pages of `WORDS_PER_PAGE` words, each with one link, printed and clickable."""
    writer = PdfWriter()
    courier = _dictionary(Type="/Font", Subtype="/Type1", BaseFont="/Courier")
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(courier)})
    for number in range(1, PAGES + 1):
        lines = list(_lines(page_paragraphs(number, PAGES)))
        content = DecodedStreamObject()
        content.set_data(_text_operators(lines).encode("ascii"))
        page = writer.add_blank_page(*PAGE_SIZE)
        page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        link = _link(page_address(number), bottom=TOP - LINE * (len(lines) - 1))
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    writer.write(stream)


def _lines(paragraphs: list[str]) -> Iterator[str]:
    """Lines of the page, an empty one between paragraphs."""
    for place, paragraph in enumerate(paragraphs):
        if place:
            yield ""
        yield from wrap(paragraph, COLUMNS, break_on_hyphens=False)


def _text_operators(lines: list[str]) -> str:
    operators = ["BT", f"/F1 {CHARACTER / 0.6:g} Tf"]
    for place, line in enumerate(lines):
        words = line.split()
        gaps = len(words) - 1
        last = place + 1 == len(lines) or not lines[place + 1]
        gap = 0 if last or not gaps else (COLUMNS - len(line)) / gaps
        left = float(LEFT)
        for word in words:
            operators.append(f"1 0 0 1 {left:.2f} {TOP - LINE * place} Tm ({word} ) Tj")
            left += (len(word) + 1 + gap) * CHARACTER
    return "\n".join([*operators, "ET"])


def _link(address: str, bottom: int) -> DictionaryObject:
    right = LEFT + len(address) * CHARACTER
    action = _dictionary(S="/URI")
    action[NameObject("/URI")] = TextStringObject(address)
    link = _dictionary(Type="/Annot", Subtype="/Link")
    link[NameObject("/Rect")] = ArrayObject(
        FloatObject(edge) for edge in (LEFT, bottom - 2, right, bottom + LINE - 2)
    )
    link[NameObject("/A")] = action
    return link


def _dictionary(**names: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): NameObject(it) for key, it in names.items()})
