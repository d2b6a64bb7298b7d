"""What a call carries beside its arguments: in the row, and as Celery's request tells it."""

import json
from collections.abc import Mapping
from typing import Any

from celery.utils.functional import maybe_list
from kombu.utils import json as kombu_json

# By option of `apply_async`, the attribute of a request that tells it.
_TOLD_AS = {
    "link": "callbacks",
    "link_error": "errbacks",
    "chain": "chain",
    "chord": "chord",
    "group_id": "group",
    "group_index": "group_index",
    "root_id": "root_id",
    "parent_id": "parent_id",
    "shadow": "shadow",
    "ignore_result": "ignore_result",
    "stamps": "stamps",
    "stamped_headers": "stamped_headers",
}
# The relay rings until a message arrives; how the caller would have tried is only kept.
_KEPT = ("headers", "retry", "retry_policy", "errback_of", *_TOLD_AS)
# Where a retry leaves other arguments for the tries that come.
NEXT = "next"
_LISTS = ("link", "link_error")


def enclose(options: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of these options that a row keeps, as plain JSON."""
    parts = {name: options[name] for name in _KEPT if _is_told(options.get(name))}
    for name in _LISTS:
        if name in parts:
            parts[name] = maybe_list(parts[name])
    if stamped := options.get("stamped_headers"):
        parts["stamps"] = {name: options.get(name) for name in stamped}
    return dict(as_plain(parts))


def _is_told(part: Any) -> bool:
    """Not a part that is missing or empty; no and the index 0 are told."""
    return part is not None and part not in ([], {}, "")


def enclose_request(request: Any) -> dict[str, Any]:
    """The same of a request that came as a message of plain Celery."""
    # Not by attribute: the class of requests has defaults that nobody told.
    told = {option: vars(request).get(name) for option, name in _TOLD_AS.items()}
    return enclose({**told, "headers": request.headers})


def tell(request: Any, envelope: Mapping[str, Any]) -> None:
    """Let the request tell the job what its row keeps."""
    for option, name in _TOLD_AS.items():
        if option in envelope:
            setattr(request, name, envelope[option])


def arguments_of(args: Any, kwargs: Any) -> dict[str, Any]:
    """What a retry changes of a run's arguments, as plain JSON."""
    given = {"args": args and list(args), "kwargs": kwargs}
    return dict(as_plain({name: value for name, value in given.items() if value is not None}))


def with_next(envelope: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """The envelope with other arguments for the tries that come; None if they stay."""
    if not arguments:
        return None
    return {**envelope, NEXT: {**envelope.get(NEXT, {}), **arguments}}


def as_plain(value: Any) -> Any:
    """As Celery would send it: JSON with kombu's notation for dates, UUIDs and decimals."""
    return json.loads(kombu_json.dumps(value))
