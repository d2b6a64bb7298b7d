"""What a look at one part of the installation brings to light."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops or endangers work, a warning will; a note is nothing wrong."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """A sentence that says what is so, and advice where something should be done."""

    severity: Severity
    sentence: str
    advice: str = ""
    part: str = ""

    @property
    def is_wrong(self) -> bool:
        return self.severity != Severity.NOTE


def error(sentence: str, advice: str) -> Finding:
    """Work is stopped, or may get lost."""
    return Finding(Severity.ERROR, sentence, advice)


def warning(sentence: str, advice: str) -> Finding:
    """It works, and should be seen to."""
    return Finding(Severity.WARNING, sentence, advice)


def note(sentence: str) -> Finding:
    """Good to know; nothing to do."""
    return Finding(Severity.NOTE, sentence)


def counted(count: int, noun: str) -> str:
    """`1 worker`, `2 workers`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(names: list[str], most: int = 5) -> str:
    """`a, b and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
