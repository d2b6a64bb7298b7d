"""Where a process logs: its output, or a file of its kind in LOG_DIR."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_OF_CELERY = {"worker": "celery_worker.log", "beat": "celery_beat.log"}


def log_handler(folder: Path | None, arguments: Sequence[str]) -> dict[str, Any]:
    """The handler of logging's own configuration for the process with this command line.

    The processes of a kind share a file, so none of them may rotate it: it is opened anew when
    somebody else, such as logrotate, has moved it away.
    """
    if folder is None:
        return {"class": "logging.StreamHandler"}
    # Where that is not possible, a system check says so.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "class": "logging.handlers.WatchedFileHandler",
        "filename": str(folder / _file_of(arguments)),
        "delay": True,
        "encoding": "utf-8",
        "errors": "backslashreplace",
    }


def _file_of(arguments: Sequence[str]) -> str:
    """`celery -A config worker` has another file than `celery -A config beat` and all others."""
    program, *words = [*arguments, ""]
    is_celery = "celery" in Path(program).parts[-2:]
    return next((_OF_CELERY[word] for word in words if is_celery and word in _OF_CELERY), "app.log")
