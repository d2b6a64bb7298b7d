"""A job's return value as JSON that both databases can keep."""

import json
from typing import Any

from kombu.exceptions import EncodeError
from kombu.utils import json as kombu_json

from tasks_app.models.json_values import check_json

LIMIT = 1024 * 1024


def storable_result(value: Any) -> Any:
    """`value` as plain JSON, with kombu's notation for dates, UUIDs and decimals.

    Raises EncodeError, which ends the run as a failure, for what is no JSON or cannot be kept.
    """
    try:
        plain = json.loads(kombu_json.dumps(value))
        check_json(plain, limit=LIMIT)
    except (TypeError, ValueError, RecursionError) as error:
        raise EncodeError(f"The result cannot be kept. {error}") from error
    return plain
