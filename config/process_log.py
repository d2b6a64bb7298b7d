"""Where a process logs: its output, or a file of its kind in LOG_DIR."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.process_kind import kind_of

_SERVERS = ("app", "celery_worker", "celery_beat")


def log_handler(folder: Path | None, arguments: Sequence[str]) -> dict[str, Any]:
    """The handler of logging's own configuration for the process with this command line.

    The processes of a kind share a file, so none of them may rotate it: it is opened anew when
    somebody else, such as logrotate, has moved it away.
    """
    kind = kind_of(arguments)
    if folder is None:
        # What other commands print is for people and programs, so their log stays out of it.
        stream = f"ext://sys.{'stdout' if kind in _SERVERS else 'stderr'}"
        return {"class": "logging.StreamHandler", "stream": stream}
    # Where that is not possible, a system check says so.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "class": "logging.handlers.WatchedFileHandler",
        "filename": str(folder / f"{kind or 'app'}.log"),
        "delay": True,
        "encoding": "utf-8",
        "errors": "backslashreplace",
    }
