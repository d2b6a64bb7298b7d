"""Secrets in JSON: in arguments, results, progress, the audit trail."""

import json
from typing import Any

from tasks_app.redaction.keys import is_suspicious
from tasks_app.redaction.known_values import MASK, known_values
from tasks_app.redaction.text import may_hold_a_secret, redact_text


def redact(value: Any) -> Any:
    """JSON without secrets: what stands under names like `password` becomes `***`, and each text,
    keys too, is redacted as a text. Never raises; what is no JSON stays as it is.

    Nothing, false and true stay under any name: they hide nothing.
    """
    try:
        return _redacted(value) if _may_hold_a_secret(value) else value
    except RecursionError:
        return MASK


def _may_hold_a_secret(value: Any) -> bool:
    # JSON within a text of JSON spells a value with quotes in ever new ways.
    if any("\\" in known for known in known_values()):
        return True
    try:
        return may_hold_a_secret(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return True


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {_shown(key): _under(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value


def _shown(key: Any) -> Any:
    return redact_text(key) if isinstance(key, str) else key


def _under(key: Any, item: Any) -> Any:
    if item and item is not True and isinstance(key, str) and is_suspicious(key):
        return MASK
    return _redacted(item)
