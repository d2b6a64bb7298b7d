"""What an attempt leaves for the next one: vectors in a work file, and a checkpoint naming it."""

import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tasks_app.jobs.embeddings.vectors import Vectors, read_unnamed, write_unnamed
from tasks_app.jobs.whole_files import written_whole
from tasks_app.runtime.exceptions import Cancelled

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

# A file is forced to disk each time; between two, this much work may be lost.
SECONDS_BETWEEN = 1.0
WORK = ".work-"
FORGOTTEN_AFTER_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Saved:
    """Vectors after `epoch` epochs, and the last of these epochs' loss."""

    epoch: int
    loss: float
    vectors: Vectors


class Saves:
    """The work folder of one execution, which all its attempts share.

    `subject` is a digest of everything that decides the vectors: a checkpoint of other triples or
    parameters is not gone on from.
    """

    def __init__(self, job: "Job", folder: Path, subject: str) -> None:
        self.job = job
        self.folder = folder
        self.subject = subject
        self._saved_at = time.monotonic()

    @contextmanager
    def kept_only_for_another_attempt(self) -> Iterator[None]:
        """Remove the folder when the block ends or is cancelled; an error leaves it to a retry."""
        try:
            yield
        except Cancelled:
            self._remove()
            raise
        self._remove()

    def latest(self) -> Saved | None:
        """What an earlier attempt saved; None if that is nothing, missing or changed."""
        noted = self.job.checkpoint
        if not noted or noted["subject"] != self.subject:
            return None
        path = self.folder / Path(noted["file"]).name
        if not path.is_file() or _digest(path) != noted["digest"]:
            return None
        return Saved(noted["epoch"], noted["loss"], read_unnamed(path))

    def save_now_and_then(self, saved: Saved) -> None:
        """Save, unless that was done less than a second ago. What the job's checkpoint raises."""
        if time.monotonic() - self._saved_at >= SECONDS_BETWEEN:
            self._save(saved)
            self._saved_at = time.monotonic()

    def _save(self, saved: Saved) -> None:
        path = self.folder / f"epoch-{saved.epoch}.npz"
        with written_whole(path) as stream:
            write_unnamed(stream, saved.vectors)
        self.job.checkpoint = {
            "file": path.name,
            "epoch": saved.epoch,
            "loss": saved.loss,
            "digest": _digest(path),
            "subject": self.subject,
        }
        # Only now: until then the checkpoint named the older file.
        for other in self.folder.iterdir():
            if other != path:
                other.unlink(missing_ok=True)

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def work_folder(beside: Path, execution_id: UUID | None) -> Path:
    """Where the work of an execution lies; a job called directly gets a folder of its own."""
    return beside / f"{WORK}{execution_id or uuid4()}"


def remove_forgotten(beside: Path) -> None:
    """Remove work that nobody touched for a week: of runs that ended while no worker had them."""
    long_ago = time.time() - FORGOTTEN_AFTER_SECONDS
    for folder in beside.glob(f"{WORK}*"):
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < long_ago:
                shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
