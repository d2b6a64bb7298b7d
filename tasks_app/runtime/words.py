"""What is said of the end of an attempt, as data: it can be kept, and said once more later."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID

from kombu.utils import json as kombu_json

from tasks_app import lifecycle
from tasks_app.lifecycle import Claim, Failing
from tasks_app.runtime.canvas.envelopes import as_plain
from tasks_app.states import Reason

VERSION = 1
SUCCESS, PASS_ON, FAILURE, RETRY = "success", "pass_on", "failure", "retry"
REVOKE, GIVE_BACK, UNCLAIM, LOSS = "revoke", "give_back", "unclaim", "loss"


class Word(NamedTuple):
    """A verb on an attempt, with what it takes beside the claim that fences it."""

    verb: str
    claim: Claim
    told: tuple[Any, ...] = ()

    def say(self) -> bool:
        """Make the move; return whether the word counts. Saying it again changes nothing."""
        return bool(_VERBS[self.verb](self.claim, *self.told))

    def as_json(self) -> str:
        """For `read`. What a success passes on is written as a message would carry it."""
        told = list(self.told)
        if self.verb == PASS_ON:
            told[1] = as_plain(told[1])
        execution, token = map(str, self.claim)
        return json.dumps(
            {"version": VERSION, "id": execution, "token": token, "verb": self.verb, "told": told}
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """The word that was written so. Raises ValueError for what is none."""
        try:
            told = json.loads(text)
            claim = Claim(UUID(told["id"]), UUID(told["token"]))
            word = cls(told["verb"], claim, tuple(told["told"]))
            if told["version"] != VERSION or word.verb not in _VERBS:
                raise ValueError(f"{word.verb!r} of version {told['version']!r} is not known here")
            return word._decoded()
        except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no word: {error!r}") from error

    def _decoded(self) -> Self:
        if self.verb != PASS_ON:
            return self
        kept, value = self.told
        return self._replace(told=(kept, kombu_json.loads(json.dumps(value))))


def success(claim: Claim, kept: Any) -> Word:
    """The job returned; `kept` is plain JSON."""
    return Word(SUCCESS, claim, (kept,))


def success_to_pass_on(claim: Claim, kept: Any, value: Any) -> Word:
    """The same where something waits for the end: with it goes what the job returned."""
    return Word(PASS_ON, claim, (kept, value))


def failure(claim: Claim, reason: Reason, failing: Failing) -> Word:
    """The attempt failed for good."""
    return Word(FAILURE, claim, (reason, failing))


def retry(
    claim: Claim, delay: float, failing: Failing, envelope: dict[str, Any] | None = None
) -> Word:
    """The attempt failed, and another is due `delay` seconds after this is written down."""
    return Word(RETRY, claim, (delay, failing, envelope))


def revoke(claim: Claim, reason: Reason) -> Word:
    """The job obeyed a cancel, or asked to be ignored."""
    return Word(REVOKE, claim, (reason,))


def give_back(claim: Claim) -> Word:
    """A shutdown cut the attempt off."""
    return Word(GIVE_BACK, claim)


def unclaim(claim: Claim) -> Word:
    """The claim may stand, and its answer never came: nothing began."""
    return Word(UNCLAIM, claim)


def loss(claim: Claim) -> Word:
    """The process that ran the attempt died."""
    return Word(LOSS, claim)


# By its verb, the move that a word makes. What was read back consists of plain lists and texts.
_VERBS: Mapping[str, Callable[..., Any]] = {
    SUCCESS: lambda claim, kept: lifecycle.succeed([(claim, kept)]),
    PASS_ON: lifecycle.succeed_and_pass_on,
    FAILURE: lambda claim, reason, failing: lifecycle.fail(
        claim, Reason(reason), Failing(*failing)
    ),
    RETRY: lambda claim, delay, failing, envelope: lifecycle.retry(
        claim, delay, Failing(*failing), envelope
    ),
    REVOKE: lambda claim, reason: lifecycle.revoke(claim, Reason(reason)),
    GIVE_BACK: lifecycle.give_back,
    UNCLAIM: lifecycle.unclaim,
    LOSS: lifecycle.lose,
}
