"""Writing plain text."""

from collections.abc import Sequence
from typing import BinaryIO

from tasks_app.jobs.documents.options import Quality
from tasks_app.jobs.documents.page import Page


class TextWriter:
    """The visible text, pages parted by form feeds, so that reading it again finds them."""

    font: str | None = None
    characters_replaced = 0

    def __init__(self, stream: BinaryIO, quality: Quality) -> None:
        self.stream = stream
        self.quality = quality

    def add(self, page: Page) -> None:
        if page.number > 1:
            self._write("\f" if self.quality.pages_marked else "\n")
        self._write(page.text + "\n")

    def finish(self, addresses: Sequence[str]) -> None:
        if addresses:
            self._write("\f" if self.quality.pages_marked else "\n")
            self._write("Links\n\n")
        for address in addresses:
            self._write(address + "\n")

    def _write(self, text: str) -> None:
        self.stream.write(text.encode())
