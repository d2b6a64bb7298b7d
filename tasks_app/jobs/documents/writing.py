"""Writing a document: what every writer can do."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from tasks_app.jobs.documents.html_writer import HtmlWriter
from tasks_app.jobs.documents.markdown_writer import MarkdownWriter
from tasks_app.jobs.documents.options import Options
from tasks_app.jobs.documents.page import Page
from tasks_app.jobs.documents.text_writer import TextWriter


class Writer(Protocol):
    """Takes pages in order, then `finish` with the addresses to list, if any.

    `font` is the PDF's typeface, None in other formats; `characters_replaced` counts the
    characters that it does not have and that became `?`.
    """

    font: str | None
    characters_replaced: int

    def add(self, page: Page) -> None: ...

    def finish(self, addresses: Sequence[str]) -> None: ...


@contextmanager
def opened_writer(options: Options, source: Path, stream: BinaryIO) -> Iterator[Writer]:
    """The writer of the asked-for format. Only PDF imports its library, which takes a second."""
    if options.format == "pdf":
        from tasks_app.jobs.documents.pdf_writer import PdfWriter

        with closing(PdfWriter(stream, source, options.quality)) as writer:
            yield writer
    elif options.format == "html":
        yield HtmlWriter(stream, source, options.quality)
    elif options.format == "md":
        yield MarkdownWriter(stream, options.quality)
    else:
        yield TextWriter(stream, options.quality)
