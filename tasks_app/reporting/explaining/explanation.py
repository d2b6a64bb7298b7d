"""What an answer to "why" is made of."""

from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True)
class Explanation:
    """A stable word for programs, a sentence for people, what proves it, and what to do."""

    code: str
    sentence: str
    evidence: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def proven_by(self, *lines: str) -> Self:
        """With more evidence; empty lines are left out, and none is told twice."""
        told = filter(None, [*self.evidence, *lines])
        return replace(self, evidence=list(dict.fromkeys(told)))
