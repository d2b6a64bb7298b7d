"""Where the vectors of a task lie, and where the work on them does."""

import hashlib
import re
from pathlib import Path
from typing import Any

from tasks_app.jobs.embeddings.exceptions import InvalidTaskId, OutputLeavesFolder

FOLDER = "embeddings"
LONGEST_ID = 200
# Safe on every file system, also as the beginning of a longer name.
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def output_name(task_id: Any) -> str:
    """The file of a task's vectors, relative to the output folder: `embeddings/<task_id>.npz`.

    An id that is no plain file name keeps its plain characters and gets a digest, so that no two
    ids share a file. Raises InvalidTaskId.
    """
    is_text = isinstance(task_id, str) and task_id.strip() and task_id.isprintable()
    if not is_text or len(task_id) > LONGEST_ID:
        raise InvalidTaskId.about(task_id)
    if PLAIN.fullmatch(task_id):
        return f"{FOLDER}/{task_id}.npz"
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", task_id).strip("-")[:60]
    digest = hashlib.sha256(task_id.encode()).hexdigest()[:16]
    return f"{FOLDER}/{plain or 'task'}-{digest}.npz"


def target_in(folder: Path, name: str) -> Path:
    """The path to write, inside `folder` after all links. Raises OutputLeavesFolder."""
    folder = folder.resolve()
    target = folder / name
    if not target.parent.resolve().is_relative_to(folder):
        raise OutputLeavesFolder.about(name)
    return target
