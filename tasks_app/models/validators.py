"""What a task's fields may hold."""

import re
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from tasks_app.models.json_values import check_json
from tasks_app.states import QUEUE_NAME

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Words that stand where a key could stand in the API's paths, now or in its plan.
RESERVED_KEYS = {"bulk", "count", "executions", "export", "import", "registered", "submit"}
ARGUMENTS_LIMIT = 64 * 1024
# A call from code may pass on the results of a whole group, and hold a canvas of many steps.
CALL_LIMIT, CALL_DEPTH, CALL_VALUES = 8 * 1024 * 1024, 200, 100_000
MOST_TAGS, LONGEST_TAG = 20, 50
MOST_NAMES, LONGEST_NAME = 20, 200


def validate_key(key: str) -> None:
    """A key is a short word that can stand in a path and is not mistaken for an id."""
    if not KEY.fullmatch(key):
        raise ValidationError(
            "A key has up to 100 letters, digits, dots, hyphens or underscores, and begins with a "
            "letter or digit."
        )
    if key.lower() in RESERVED_KEYS:
        raise ValidationError(f"The word {key} is used by the API's own paths.")
    try:
        UUID(key)
    except ValueError:
        return
    raise ValidationError("A key may not look like an id (a UUID).")


def validate_queue(queue: str) -> None:
    """A queue's name can stand in a broker key and in a path."""
    if not QUEUE_NAME.fullmatch(queue):
        raise ValidationError(
            "A queue's name has letters, digits, dots, hyphens and underscores only."
        )


def validate_text(text: str) -> None:
    """Text without control characters other than tab and line breaks."""
    if any(character < " " and character not in "\t\n\r" for character in text):
        raise ValidationError("This holds control characters.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("This holds half a character (a lone surrogate).") from error


def validate_args(args: Any) -> None:
    """Positional arguments: a list of JSON."""
    _validate(args, list, "The positional arguments must be a JSON array.")


def validate_kwargs(kwargs: Any) -> None:
    """Keyword arguments: an object of JSON."""
    _validate(kwargs, dict, "The keyword arguments must be a JSON object.")


def validate_call(parts: list[Any]) -> None:
    """Arguments of a call from code, and the canvas they belong to: JSON that can be kept."""
    try:
        check_json(parts, limit=CALL_LIMIT, depth=CALL_DEPTH, most=CALL_VALUES)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def validate_tags(tags: Any) -> None:
    """A few short words."""
    words = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    if not words or len(tags) > MOST_TAGS or not all(0 < len(tag) <= LONGEST_TAG for tag in tags):
        raise ValidationError(
            f"Tags are a list of up to {MOST_TAGS} words of 1 to {LONGEST_TAG} characters."
        )
    for tag in tags:
        validate_text(tag)


def validate_error_names(names: Any) -> None:
    """Names of exception classes, bare or after their module."""
    _validate_names(names)
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValidationError(
                f"{name!r} is no name of an error. Write one such as ValueError or "
                "requests.exceptions.Timeout."
            )


def validate_argument_names(names: Any) -> None:
    """Names of keyword arguments."""
    _validate_names(names)
    for name in names:
        if not name.isidentifier():
            raise ValidationError(f"{name!r} can be no name of an argument.")


def _validate_names(names: Any) -> None:
    texts = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not texts or len(names) > MOST_NAMES or not all(len(n) <= LONGEST_NAME for n in names):
        raise ValidationError(
            f"Write a list of up to {MOST_NAMES} names of up to {LONGEST_NAME} characters each."
        )


def _validate(value: Any, kind: type, sentence: str) -> None:
    if not isinstance(value, kind):
        raise ValidationError(sentence)
    try:
        check_json(value, limit=ARGUMENTS_LIMIT)
    except ValueError as error:
        raise ValidationError(str(error)) from error
