"""An exception as the ledger keeps it: one line, its class, the traceback, what groups it."""

import hashlib
import json
import re
import traceback as tracebacks
from types import TracebackType
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from celery.utils.serialization import ensure_serializable
from kombu.utils import json as kombu_json

from tasks_app.lifecycle import Failing
from tasks_app.models.json_values import check_json
from tasks_app.redaction import redact, redact_text

LIMIT = 100_000
_VARIABLE = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")


def failing(error: BaseException, traceback: str | None = None) -> Failing:
    """`error` for the ledger, without secrets; `traceback` is Celery's text where there is one."""
    text = traceback or "".join(tracebacks.format_exception(error))
    kind = type(error).__name__
    line = storable(f"{kind}: {redact_text(_words(error))}").removesuffix(": ")
    told = _middle_cut(storable(redact_text(text)))
    return Failing(line[:2000], kind, told, _fingerprint(error), _as_celery_tells(error))


def _as_celery_tells(error: BaseException) -> dict[str, Any] | None:
    """Class, module and arguments, of which `get()` makes the same error; None if too large."""
    kind = type(error)
    told = {
        "exc_type": kind.__qualname__,
        "exc_module": kind.__module__,
        "exc_message": list(ensure_serializable(list(error.args), kombu_json.dumps)),
    }
    try:
        plain = json.loads(storable(kombu_json.dumps(told)))
        check_json(plain, limit=LIMIT)
    except ValueError:
        return None
    return dict(redact(plain))


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
