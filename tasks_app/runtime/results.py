"""A job's return value as JSON that both databases can keep."""

import json
from typing import Any

from kombu.exceptions import EncodeError
from kombu.utils import json as kombu_json

from tasks_app.models.json_values import RESULT_LIMIT, check_json
from tasks_app.redaction import redact


def storable_result(value: Any, what: str = "result") -> Any:
    """`value` as plain JSON, with kombu's notation for dates, UUIDs and decimals.

    Raises EncodeError, which ends the run as a failure, for what is no JSON or cannot be kept.
    """
    try:
        plain = json.loads(kombu_json.dumps(value))
        check_json(plain, limit=RESULT_LIMIT)
    except (TypeError, ValueError, RecursionError) as error:
        raise EncodeError(f"The {what} cannot be kept. {error}") from error
    return plain


def kept_result(plain: Any) -> Any:
    """What the row keeps of a storable result. What follows the run gets the result itself."""
    return redact(plain)
