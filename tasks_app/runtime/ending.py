"""What the body of a job raises, turned into what Celery's tracer should hear."""

import traceback as tracebacks
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import states
from celery.exceptions import Ignore, Reject, Retry, SoftTimeLimitExceeded
from django.db import connections

from tasks_app.runtime import retrying, words
from tasks_app.runtime.exceptions import Cancelled, JobExited, Overtaken, Revoked
from tasks_app.runtime.processes import ended_by_signal
from tasks_app.runtime.running import Running
from tasks_app.runtime.settling import count_fenced, settle
from tasks_app.runtime.telling import failing_of_meta
from tasks_app.states import Reason


@contextmanager
def heard_by_celery(job: Any, request: Any, running: Running) -> Iterator[None]:
    """Around the body; what Celery would not store is settled here."""
    try:
        yield
    except Retry as retry:
        retrying.note_delay(job, running, retry)
        raise
    except Overtaken:
        count_fenced(running.claim)
        raise
    except Cancelled as cancelled:
        _revoke(request, running, Reason.CANCELLED)
        raise Revoked("cancelled") from cancelled
    except Ignore:
        _ignore(request, running)
        raise
    except SoftTimeLimitExceeded:
        # The limit may have cut a query in half; the outcome needs a clean connection.
        connections.close_all()
        raise
    except Reject as rejection:
        retrying.put_back(job, running, rejection)
        # Celery leaves this word to the main process, which has less patience.
        job.backend.mark_as_failure(request.id, rejection, tracebacks.format_exc(), request)
        raise
    except SystemExit as left:
        if ended_by_signal(left):
            raise
        raise JobExited(f"The job called sys.exit({left.code!r}).") from left
    except Exception as error:
        retrying.by_policy(job, running, error)
        raise


def _ignore(request: Any, running: Running) -> None:
    """A job that told `update_state` how it ended and then raised Ignore has said its last word."""
    state, meta = running.last_word
    if state == states.FAILURE:
        settle(request, words.failure(running.claim, Reason.ERROR, failing_of_meta(meta)))
    elif state == states.SUCCESS:
        settle(request, words.success_to_pass_on(running.claim, meta, meta))
    else:
        _revoke(request, running, Reason.IGNORED)


def _revoke(request: Any, running: Running, reason: Reason) -> None:
    settle(request, words.revoke(running.claim, reason))
