"""The broker: is it there, and does it keep what it is told."""

import time
from collections.abc import Iterator
from typing import Any

from tasks_app import broker
from tasks_app.reporting.diagnosing.finding import Finding, error, note, warning

# Seconds for one question; share of the memory.
SLOW, NEARLY_FULL = 0.1, 0.9


def look() -> Iterator[Finding]:
    """Returns within the broker's time-outs."""
    try:
        broker.check()
        began = time.monotonic()
        broker.check()
        seconds = time.monotonic() - began
        facts = broker.facts()
    except Exception as failure:  # each transport fails in its own way
        yield error(
            f"The broker does not answer: {failure}",
            "Start it, and see whether CELERY_BROKER_URL names it. Requests are accepted and "
            "ticks fire meanwhile; runs wait.",
        )
        return
    if seconds > SLOW:
        yield warning(
            f"The broker takes {seconds * 1000:.0f} ms to answer.",
            "See what else it does, and how far away it is.",
        )
    if facts:
        yield from _told(facts)


def _told(facts: dict[str, Any]) -> Iterator[Finding]:
    product = facts.get("server_name", "redis").capitalize()
    version = facts.get("valkey_version") or facts.get("redis_version", "?")
    kept = "on" if facts.get("aof_enabled") else "off, which is fine"
    yield note(f"The broker is {product} {version}; its append-only file is {kept}.")
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield error(
            f"The broker's maxmemory-policy is {policy}: when it is full it drops messages.",
            "Set it: CONFIG SET maxmemory-policy noeviction, and in its configuration file.",
        )
    most, used = int(facts.get("maxmemory", 0)), int(facts.get("used_memory", 0))
    if most and used > NEARLY_FULL * most:
        yield warning(
            f"The broker uses {used // 2**20} MiB of the {most // 2**20} MiB that it may.",
            "Raise maxmemory, or see what other application fills it.",
        )
