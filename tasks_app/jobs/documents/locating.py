"""Finding the document an id means, and never anything outside the input folder."""

from pathlib import Path
from typing import Any

from tasks_app.jobs.documents.exceptions import (
    DocumentAmbiguous,
    DocumentMissing,
    DocumentOutsideFolder,
    DocumentUnsupported,
    InvalidDocumentId,
)

ENDINGS = (".md", ".markdown", ".pdf", ".txt")
# The longest file name of the common file systems, in bytes.
LONGEST_ID = 255


def find_document(folder: Path, document_id: Any) -> Path:
    """The real path of the document, links resolved.

    `document_id` is relative to `folder`; its ending may be left out. A link that stays inside
    the folder is followed. Raises InvalidDocumentId, DocumentOutsideFolder, DocumentMissing,
    DocumentAmbiguous or DocumentUnsupported.
    """
    folder = folder.resolve()
    _check_id(document_id)
    if Path(document_id).is_absolute():
        raise DocumentOutsideFolder.about(document_id)
    wanted = _inside(folder, folder / document_id, document_id)
    if wanted == folder:
        raise InvalidDocumentId.about(document_id)
    if not wanted.is_file():
        wanted = _only_file_named(wanted, document_id)
    wanted = _inside(folder, wanted, document_id)
    if wanted.suffix.lower() not in ENDINGS:
        raise DocumentUnsupported.about(wanted.name, ENDINGS)
    return wanted


def _check_id(document_id: Any) -> None:
    # Printable excludes NUL, line ends and lone surrogates, which no file name here has.
    if not isinstance(document_id, str) or not document_id.strip():
        raise InvalidDocumentId.about(document_id)
    if not document_id.isprintable() or len(document_id.encode()) > LONGEST_ID:
        raise InvalidDocumentId.about(document_id)


def _inside(folder: Path, path: Path, document_id: str) -> Path:
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as circular_link:
        raise DocumentMissing.about(document_id, ENDINGS) from circular_link
    if not real.is_relative_to(folder):
        raise DocumentOutsideFolder.about(document_id)
    return real


def _only_file_named(wanted: Path, document_id: str) -> Path:
    """The one file beside `wanted` that is named so but for its ending."""
    beside = wanted.parent.iterdir() if wanted.parent.is_dir() else ()
    named = sorted(file for file in beside if file.stem == wanted.name and file.is_file())
    readable = [file for file in named if file.suffix.lower() in ENDINGS]
    if len(readable) > 1:
        raise DocumentAmbiguous.about(document_id, [file.name for file in readable])
    if not named:
        raise DocumentMissing.about(document_id, ENDINGS)
    return (readable or named)[0]
