"""Writing HTML."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import BinaryIO

from tasks_app.jobs.documents.addresses import is_harmless
from tasks_app.jobs.documents.options import Quality
from tasks_app.jobs.documents.page import Page

# A second wall behind the escaping: whatever a document says, its page runs and loads nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body { font: 1.05rem/1.6 system-ui, sans-serif }
main { max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
section { border-bottom: 1px solid #ccc; padding-bottom: 1rem }
footer { color: #595959; font-size: .85rem }
pre, table { overflow-x: auto }
td, th { border: 1px solid #ccc; padding: .2rem .5rem }
"""


class HtmlWriter:
    """One section for each page; everything the document says is escaped."""

    font: str | None = None
    characters_replaced = 0

    def __init__(self, stream: BinaryIO, source: Path, quality: Quality) -> None:
        self.stream = stream
        self.quality = quality
        style = f"<style>{STYLE}</style>\n" if quality.typeset else ""
        self._write(
            '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(source.name)}</title>\n{style}</head>\n<body>\n<main>\n"
        )

    def add(self, page: Page) -> None:
        self._write(f'<section id="page-{page.number}">\n{_body(page)}')
        if self.quality.pages_marked:
            self._write(f"<footer>Page {page.number}</footer>\n")
        self._write("</section>\n")

    def finish(self, addresses: Sequence[str]) -> None:
        if addresses:
            items = "".join(f"<li>{_link(address)}</li>\n" for address in addresses)
            self._write(f"<section>\n<h2>Links</h2>\n<ul>\n{items}</ul>\n</section>\n")
        self._write("</main>\n</body>\n</html>\n")

    def _write(self, text: str) -> None:
        self.stream.write(text.encode())


def _body(page: Page) -> str:
    if page.html is not None:
        return page.html
    paragraphs = (escape(part) for part in page.text.split("\n\n") if part.strip())
    return "".join("<p>" + part.replace("\n", "<br>\n") + "</p>\n" for part in paragraphs)


def _link(address: str) -> str:
    shown = escape(address)
    return f'<a href="{shown}">{shown}</a>' if is_harmless(address) else shown
