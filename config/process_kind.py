"""Which kind of process this is, by its command line."""

from collections.abc import Sequence
from pathlib import Path

_OF_CELERY = {"worker": "celery_worker", "beat": "celery_beat"}


def kind_of(arguments: Sequence[str]) -> str:
    """`app` for the web, `celery_worker`, `celery_beat`; empty for all others."""
    program, *words = [*arguments, ""]
    parts = Path(program).parts[-2:]
    if "gunicorn" in parts:
        return "app"
    return next(
        (_OF_CELERY[word] for word in words if "celery" in parts and word in _OF_CELERY), ""
    )
