"""Delivers what the spool holds: by the thread of the worker's row, also after a restart."""

import logging
from pathlib import Path

from django.db import connection

from tasks_app.models.connection import AWAY, steady
from tasks_app.runtime import spool
from tasks_app.runtime.forks import no_fork
from tasks_app.runtime.settling import failed_instead, was_heard
from tasks_app.runtime.words import Word

logger = logging.getLogger(__name__)


def deliver_spooled() -> None:
    """Say every word that is kept, the oldest first, until the database is away again.

    Never raises. What can never be said is set aside, so that it stops none of the others.
    """
    spool.sweep()
    for path in spool.waiting():
        # The loop may fork between two words: a child inherits no connection.
        with no_fork:
            try:
                _deliver(path)
            except AWAY as error:
                spool.put_last(path)
                logger.warning("%s is not delivered yet: %s", path, error)
                return
            except FileNotFoundError:  # its own process, or another worker, was faster
                continue
            except Exception as error:  # one bad file must not stop the others
                spool.set_aside(path, error)
            finally:
                connection.close()


def _deliver(path: Path) -> None:
    word = spool.read(path)
    counts = was_heard(word, _say(word))
    how = "delivered" if counts else "too late: the claim is over"
    logger.warning("execution=%s %s was kept and is %s", word.claim.id, word.verb, how)


def _say(word: Word) -> bool:
    try:
        return steady(word.say, patience=0)
    except AWAY:
        raise
    except Exception as error:  # whatever the calls raise that follow
        return steady(failed_instead(word, error).say, patience=0)
