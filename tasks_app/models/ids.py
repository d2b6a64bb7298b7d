"""Identifiers that grow with time, so that indexes stay compact (RFC 9562, version 7)."""

import os
import time
from typing import Any
from uuid import UUID


def uuid7() -> UUID:
    """A UUID of 48 bits of Unix milliseconds, 12 bits of their fraction and 62 random bits."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | 0x7 << 76 | (rest << 12) // 1_000_000 << 64
    value |= int.from_bytes(os.urandom(8))
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def is_uuid(text: Any) -> bool:
    """Whether it can be the id of an execution."""
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False
