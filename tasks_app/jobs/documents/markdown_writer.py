"""Writing Markdown."""

import re
from collections.abc import Sequence
from typing import BinaryIO

from tasks_app.jobs.documents.addresses import is_harmless
from tasks_app.jobs.documents.options import Quality
from tasks_app.jobs.documents.page import Page

MARKUP = re.compile(r"([\\`*_\[\]<>&|~])")
BLOCK_START = re.compile(r"^(\d{0,9})([#+=.)-])", re.MULTILINE)
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class MarkdownWriter:
    """Markdown as it was; other text with its markup escaped, so that it says what it said."""

    font: str | None = None
    characters_replaced = 0

    def __init__(self, stream: BinaryIO, quality: Quality) -> None:
        self.stream = stream
        self.quality = quality

    def add(self, page: Page) -> None:
        if page.number > 1:
            self._write("\n\f\n" if self.quality.pages_marked else "\n")
        self._write((escape(page.text) if page.markdown is None else page.markdown) + "\n")

    def finish(self, addresses: Sequence[str]) -> None:
        if addresses:
            self._write("\n\f\n" if self.quality.pages_marked else "\n")
            self._write("## Links\n\n")
        for address in addresses:
            shown = f"<{address}>" if is_harmless(address) else escape(address)
            self._write(f"- {shown}\n")

    def _write(self, text: str) -> None:
        self.stream.write(text.encode())


def escape(text: str) -> str:
    """Markdown that shows exactly the words of `text`; indentation would make it code."""
    flush = INDENTATION.sub("", text)
    return BLOCK_START.sub(r"\1\\\2", MARKUP.sub(r"\\\1", flush))
