"""Writes the samples that are not there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SHIPPED = Path(__file__).with_name("files")
LONG_NAME = "doc-123"


def write_samples(folder: Path) -> list[Path]:
    """Write what is missing of the shipped files, which keep their folders, and `doc-123.pdf`.

    Answers the files written. A file of the user's own is never touched, and no `doc-123.pdf`
    is put beside a `doc-123` with another ending: the name would mean both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shipped = sorted(path for path in SHIPPED.rglob("*") if path.is_file())
    written = [_copy(path, folder / path.relative_to(SHIPPED)) for path in shipped]
    if not any(folder.glob(f"{LONG_NAME}.*")):
        written.append(_write_long(folder / f"{LONG_NAME}.pdf"))
    return [path for path in written if path]


def _copy(shipped: Path, target: Path) -> Path | None:
    if target.exists():
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as stream, shipped.open("rb") as content:
        shutil.copyfileobj(content, stream)
    return target


def _write_long(target: Path) -> Path:
    # Imported here: a start that finds its samples does not pay for the PDF library.
    from tasks_app.management.samples.long_pdf import write_long_pdf

    with written_whole(target) as stream:
        write_long_pdf(stream)
    return target


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """A stream whose content is there at once when the block has ended, or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
