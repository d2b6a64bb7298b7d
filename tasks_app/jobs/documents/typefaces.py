"""Which typeface a PDF can be set in, and what becomes of characters that it lacks."""

import logging
from collections.abc import Container
from pathlib import Path

# Where systems install typefaces; the project ships none and fetches none.
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts/Supplemental"),
    Path("C:/Windows/Fonts"),
)
UNICODE_TYPEFACES = {
    "DejaVu Sans": "DejaVuSans.ttf",
    "Noto Sans": "NotoSans-Regular.ttf",
    "Liberation Sans": "LiberationSans-Regular.ttf",
    "Arial Unicode MS": "Arial Unicode.ttf",
    "Arial": "arial.ttf",
}

# Every PDF viewer has Helvetica; it knows Latin-1 alone, whose control characters are no text.
HELVETICA = "Helvetica"
HELVETICA_CHARACTERS = frozenset([*range(0x20, 0x7F), *range(0xA0, 0x100)])

# Embedding a font logs dozens of lines for each document.
logging.getLogger("fontTools").setLevel(logging.WARNING)


def find_unicode_typeface() -> tuple[str, Path] | None:
    """Name and file of the first known Unicode typeface that is installed here."""
    for name, file_name in UNICODE_TYPEFACES.items():
        for folder in FOLDERS:
            for path in sorted(folder.rglob(file_name)):
                return name, path
    return None


def showable(text: str, characters: Container[int]) -> tuple[str, int]:
    """The text with `?` for each character that is not among the code points, and their number."""
    lacking = {ord(one) for one in set(text) - {"\n"} if ord(one) not in characters}
    replaced = sum(text.count(chr(point)) for point in lacking)
    return text.translate(dict.fromkeys(lacking, "?")), replaced
