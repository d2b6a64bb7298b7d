"""Request bodies: JSON that means one thing only, can be stored, and is small."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from tasks_app.api.exceptions import BadJSON, TooLarge
from tasks_app.models.json_values import DEPTH, check_json

LIMIT = 256 * 1024
# Beyond it a client that reads numbers as doubles, as JavaScript does, would see another number.
LARGEST_INTEGER = 2**53
TOO_DEEP = f"This is nested deeper than {DEPTH} levels."


class StrictJSONParser(BaseParser):
    """`application/json` in UTF-8, an object, at most 256 KiB."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002  (REST framework's signature)
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Raises BadJSON with a sentence, TooLarge, and UnsupportedMediaType for packed bodies."""
        meta = parser_context["request"].META if parser_context else {}
        if meta.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
            raise UnsupportedMediaType(meta["HTTP_CONTENT_ENCODING"])
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise TooLarge(LIMIT)
        return read_json(body)


def read_json(body: bytes) -> dict[str, Any]:
    """The object that `body` says. Raises BadJSON."""
    try:
        value = read_value(body.decode())
    except UnicodeDecodeError:
        raise BadJSON("The body must be JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise BadJSON("The body must be a JSON object.")
    return value


def read_value(text: str) -> Any:
    """What a JSON text says. Raises BadJSON."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_not_a_number,
        )
        check_json(value, limit=LIMIT)
    except json.JSONDecodeError as error:
        raise BadJSON(f"This is no JSON: {error}.") from None
    except RecursionError:
        raise BadJSON(TOO_DEEP) from None
    except ValueError as error:
        raise BadJSON(str(error)) from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        [(double, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise BadJSON(f"The key {double[:100]} stands twice in one object.")
    return value


def _integer(text: str) -> int:
    if len(text) > len(str(-LARGEST_INTEGER)) or abs(int(text)) > LARGEST_INTEGER:
        raise BadJSON(f"The integer {text[:20]} is beyond 2^53; send it as a string.")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise BadJSON(f"The number {text[:20]} is too large.")
    return value


def _not_a_number(text: str) -> NoReturn:
    raise BadJSON(f"{text} is no JSON; send null or a string.")
