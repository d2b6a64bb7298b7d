"""What of a run's envelope its reruns have too."""

from typing import Any

# Arguments in kombu's notation for dates, UUIDs and decimals, as code's calls are kept.
ENCODED = "encoded"
# Not the canvas: its callbacks, chain and chord waited for that one end.
_REPEATED = (
    "headers", "shadow", "ignore_result", "errback_of", "stamps", "stamped_headers", ENCODED,
)  # fmt: skip


def repeated(envelope: dict[str, Any]) -> dict[str, Any]:
    """The parts that belong to the call itself."""
    return {part: envelope[part] for part in _REPEATED if part in envelope}
