"""What a job tells by Celery's `update_state`, as progress or as its last word."""

import math
from typing import Any

from celery import states

from tasks_app.lifecycle import Failing
from tasks_app.redaction import redact, redact_text
from tasks_app.runtime.errors import storable
from tasks_app.runtime.meta import STATE
from tasks_app.runtime.results import kept_result, storable_result
from tasks_app.runtime.running import Running


def tell_state(running: Running, state: str, meta: Any) -> None:
    """Report a state of the job's own with its meta; a final one counts if the job then ignores
    itself. Raises EncodeError for what is no JSON."""
    if state in states.READY_STATES:
        running.last_word = (state, kept_result(storable_result(meta)))
        return
    told = meta if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
    message = str(told.get("status", state))
    running.report(_percent(told), message, {**told, STATE: state})


def _percent(told: dict[str, Any]) -> float:
    """How far along it is, in the words that jobs use; 0 where they say no number."""
    total = _number(told.get("total"))
    if total > 0:
        return 100 * _number(told.get("current")) / total
    return _number(told.get("progress", told.get("percent")))


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if is_number else 0.0


def failing_of_meta(meta: Any) -> Failing:
    """The error of a job that told FAILURE itself, with Celery's keys for it if it used them."""
    told = meta if isinstance(meta, dict) else {"exc_message": meta}
    kind = str(told.get("exc_type") or "Failure")
    words = told.get("exc_message") or ""
    text = ", ".join(map(str, words)) if isinstance(words, list) else str(words)
    line = storable(redact_text(f"{kind}: {text}")).removesuffix(": ")
    exception = redact({**told, "exc_type": kind, "exc_message": words}) if words else None
    return Failing(line[:2000], kind[:255], exception=exception)
