"""An exception as the ledger keeps it: one line, its class, the traceback, what groups it."""

import hashlib
import re
import traceback as tracebacks
from types import TracebackType

from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded

from tasks_app.lifecycle import Failing

LIMIT = 100_000
_VARIABLE = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")


def failing(error: BaseException, traceback: str | None = None) -> Failing:
    """`error` for the ledger; `traceback` is Celery's text of it where there is one."""
    text = traceback or "".join(tracebacks.format_exception(error))
    kind = type(error).__name__
    line = storable(f"{kind}: {_words(error)}").removesuffix(": ")
    return Failing(line[:2000], kind, _middle_cut(storable(text)), _fingerprint(error))


def _words(error: BaseException) -> str:
    if isinstance(error, SoftTimeLimitExceeded):
        return "The soft time limit is over."
    if isinstance(error, TimeLimitExceeded):
        return f"The time limit of {error.args[0]} s is over."
    return str(error)


def storable(text: str) -> str:
    """`text` without what databases refuse: NUL and lone surrogates are spelled out."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _middle_cut(text: str) -> str:
    """Both ends of a text that is too long: the call and the error stand there."""
    if len(text) <= LIMIT:
        return text
    half = LIMIT // 2
    return f"{text[:half]}\n… {len(text) - LIMIT} characters left out …\n{text[-half:]}"


def _fingerprint(error: BaseException) -> str:
    """Equal for errors of one cause: class, innermost frame, text without what varies."""
    text = _VARIABLE.sub("#", str(error))[:500]
    key = f"{type(error).__name__}|{_innermost(error.__traceback__)}|{text}"
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _innermost(traceback: TracebackType | None) -> str:
    frames = tracebacks.extract_tb(traceback)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    return f"{own[-1].filename}:{own[-1].name}" if own else ""
