"""Reading Markdown."""

import re
from pathlib import Path
from typing import Any

from tasks_app.jobs.documents.document import Document
from tasks_app.jobs.documents.markdown import html_of, parse, text_and_links
from tasks_app.jobs.documents.page import Page
from tasks_app.jobs.documents.paging import split_markdown
from tasks_app.jobs.documents.text_reader import read_text

DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:.*$", re.MULTILINE)


def open_markdown(path: Path) -> Document:
    """Markdown. Words are those a reader sees: addresses behind links and markup do not count."""
    sources = split_markdown(read_text(path))
    definitions = link_definitions(sources)
    pages = (_page(number, text, definitions) for number, text in enumerate(sources, 1))
    return Document(len(sources), pages)


def link_definitions(sources: list[str]) -> dict[str, Any]:
    """What `[name]` means anywhere in the document, as the parser keeps it."""
    environment: dict[str, Any] = {}
    for source in sources:
        parse("\n".join(DEFINITION.findall(source)), environment)
    return environment


def _page(number: int, source: str, definitions: dict[str, Any]) -> Page:
    tokens = parse(source, definitions)
    text, links = text_and_links(tokens)
    return Page(number, text, links, source, html_of(tokens, definitions))
