"""Reading PDF."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from tasks_app.jobs.documents.addresses import find_addresses
from tasks_app.jobs.documents.document import Document
from tasks_app.jobs.documents.exceptions import DocumentBroken, DocumentEncrypted
from tasks_app.jobs.documents.page import Page

# What pypdf lets through on malformed files. Not Exception: a time limit is one too.
MALFORMED = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def open_pdf(path: Path) -> Document:
    """A PDF. Its links are its link annotations and the addresses printed on its pages.

    On one page an address counts once: a printed one usually lies under an annotation, and a
    link that runs over two lines has two. Raises DocumentBroken or DocumentEncrypted.
    """
    with _broken_named(path):
        reader = PdfReader(path)
    if reader.is_encrypted and not _opens_without_password(reader):
        raise DocumentEncrypted.about(path.name)
    with _broken_named(path):
        total = len(reader.pages)
    return Document(total, _pages(reader, path, total))


def _pages(reader: PdfReader, path: Path, total: int) -> Iterator[Page]:
    for number in range(1, total + 1):
        with _broken_named(path):
            page = reader.pages[number - 1]
            text = _clean(page.extract_text())
            annotated = dict.fromkeys(_annotated_addresses(page))
        printed = dict.fromkeys(find_addresses(text))
        # An address broken over two lines is printed in parts: its first part is no second link.
        more = [link for link in printed if not any(whole.startswith(link) for whole in annotated)]
        yield Page(number, text, (*annotated, *more))


def _clean(text: str) -> str:
    """Text that UTF-8 can hold, in which a form feed means a page and nothing else."""
    return text.encode(errors="replace").decode().replace("\f", "\n")


def _annotated_addresses(page: PageObject) -> Iterator[str]:
    for reference in page.get("/Annots") or ():
        action = reference.get_object().get("/A")
        address = action.get_object().get("/URI") if action is not None else None
        if address is not None:
            yield " ".join(str(address.get_object()).split())


def _opens_without_password(reader: PdfReader) -> bool:
    """Many files that only restrict printing have the empty password."""
    try:
        return reader.decrypt("") != PasswordType.NOT_DECRYPTED
    except (DependencyError, *MALFORMED):
        return False


@contextmanager
def _broken_named(path: Path) -> Iterator[None]:
    try:
        yield
    except MALFORMED as problem:
        raise DocumentBroken.about(path.name, problem) from problem
