"""Reading plain text."""

from pathlib import Path

from tasks_app.jobs.documents.addresses import find_addresses
from tasks_app.jobs.documents.document import Document
from tasks_app.jobs.documents.exceptions import DocumentNotText
from tasks_app.jobs.documents.page import Page
from tasks_app.jobs.documents.paging import split_text


def open_text(path: Path) -> Document:
    """Plain text. Its links are the web addresses printed in it."""
    texts = split_text(read_text(path))
    pages = (Page(number, text, find_addresses(text)) for number, text in enumerate(texts, 1))
    return Document(len(texts), pages)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without byte order mark, lines ended by `\\n`.

    Raises DocumentNotText; a NUL is taken as the sign of a binary file.
    """
    content = path.read_bytes()
    if b"\0" in content:
        raise DocumentNotText.about(path.name, content.index(b"\0"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DocumentNotText.about(path.name, problem.start) from problem
    return text.replace("\r\n", "\n").replace("\r", "\n")
