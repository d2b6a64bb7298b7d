"""Opening a document by its ending."""

from pathlib import Path

from tasks_app.jobs.documents.document import Document
from tasks_app.jobs.documents.exceptions import DocumentTooLarge

LARGEST_BYTES = 100 * 2**20


def open_document(path: Path) -> Document:
    """Read a text, Markdown or PDF file that `find_document` has found.

    The libraries are imported here, for they take a second that no other process should pay.
    Raises DocumentTooLarge, and while pages are read DocumentNotText, DocumentBroken or
    DocumentEncrypted.
    """
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise DocumentTooLarge.about(path.name, size, LARGEST_BYTES)
    ending = path.suffix.lower()
    if ending == ".pdf":
        from tasks_app.jobs.documents.pdf_reader import open_pdf

        return open_pdf(path)
    if ending == ".txt":
        from tasks_app.jobs.documents.text_reader import open_text

        return open_text(path)
    from tasks_app.jobs.documents.markdown_reader import open_markdown

    return open_markdown(path)
