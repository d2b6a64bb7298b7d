"""Writing the end of an attempt: as long as the lease lasts, and never with an error of its own.

What the database is not there to hear is kept in the spool, before it is tried again: should this
process die, or its patience end, a worker delivers it when the database is back.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error, connection

from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.models.connection import AWAY, steady
from tasks_app.runtime import spool, words
from tasks_app.runtime.errors import failing
from tasks_app.runtime.processes import is_main
from tasks_app.runtime.running import Running
from tasks_app.runtime.tally import tally
from tasks_app.runtime.words import Word
from tasks_app.states import Reason

logger = logging.getLogger(__name__)
T = TypeVar("T")

# The main process serves every child and the broker from one loop; it may not wait long.
PATIENCE_OF_MAIN_PROCESS = 2.0
# Ends that others may set while a job works on.
_BY_OTHERS = (Reason.SET_BY_HAND, Reason.CANCELLED, Reason.TIMEOUT)


def settle(request: Any, word: Word) -> bool:
    """Say a word; return whether it counts.

    One that comes late changes nothing. One that the database cannot hear now does not count yet.
    """
    running = request.get("running")
    if running is None:
        return _decide(word)
    counts = _say_last(running, word)
    if counts is False:
        logger.warning("execution=%s %s is not written: the claim is over", *_names(word))
        count_fenced(word.claim)
    return bool(counts)


def repeat(word: Word, patience: float) -> bool | None:
    """Keep a word, then say it for so many seconds; None if the database stays away."""
    kept = spool.put(word)
    try:
        counts = steady(word.say, patience=patience)
    except AWAY as error:
        left = "a worker delivers it" if kept else "the reaper will decide"
        logger.error("execution=%s %s is not written, %s: %s", *_names(word), left, error)
        return None
    except Exception:
        spool.remove(word.claim.token)
        raise
    return was_heard(word, counts) if kept else counts


def was_heard(word: Word, counts: bool) -> bool:
    """Forget a word that was kept, and count it. Where its file is gone, somebody else said it."""
    if not spool.remove(word.claim.token):
        return True
    tally.add("spooled")
    if counts:
        tally.add("delivered_later")
    return counts


def count_fenced(claim: Claim) -> None:
    """A zombie spoke; one whose run somebody else has ended while it worked is none."""
    with suppress(Error):
        mine = TaskExecution.objects.claimed_with(*claim)
        if not mine.final().filter(reason__in=_BY_OTHERS).exists():
            tally.add("fenced")


def in_main_process(act: Callable[[], T]) -> T | None:
    """Do it; in a worker's main process without raising for the database, and closing after it.

    An error would end the worker, and it forks: no connection may be open when it does.
    """
    if not is_main():
        return act()
    try:
        return steady(act, patience=PATIENCE_OF_MAIN_PROCESS)
    except Error as error:
        logger.error("not written, the reaper will decide: %s", error)
        return None
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _decide(word: Word) -> bool:
    """What the main process says. If the child has left its own word, that one stands."""
    left = spool.word_of(word.claim.token)
    act = partial(_repeat_left, left) if left else partial(_say, word)
    counts = in_main_process(partial(act, PATIENCE_OF_MAIN_PROCESS))
    if counts is False:
        # As a rule because the child has said how the attempt ended.
        logger.debug("execution=%s %s is not written: the claim is over", *_names(left or word))
    return bool(counts)


def _repeat_left(left: Word, patience: float) -> bool | None:
    try:
        return repeat(left, patience)
    except Error:
        raise
    except Exception as error:  # whatever the calls raise that follow
        return _say(failed_instead(left, error), patience)


def failed_instead(word: Word, error: Exception) -> Word:
    """What a success that was kept becomes where what follows it raises: a failure, as at once.

    Of any other word raises the error itself.
    """
    if word.verb != words.PASS_ON:
        raise error
    return words.failure(word.claim, Reason.ERROR, failing(error))


def _say_last(running: Running, word: Word) -> bool | None:
    """With what was last told of progress; the outcome matters more."""
    patience = settings.LEASE_SECONDS
    try:
        running.flush()
    except AWAY:
        return repeat(word, patience)
    except Exception as error:  # of the progress, whatever it is
        logger.debug("execution=%s progress is not written: %r", running.claim.id, error)
    return _say(word, patience)


def _say(word: Word, patience: float) -> bool | None:
    """Once without the disk; None if the database stays away."""
    try:
        return steady(word.say, patience=0)
    except AWAY as error:
        logger.warning("execution=%s %s is not written yet: %s", *_names(word), error)
    return repeat(word, patience)


def _names(word: Word) -> tuple[Any, str]:
    return word.claim.id, word.verb
