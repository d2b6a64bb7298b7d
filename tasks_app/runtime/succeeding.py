"""The end of a body that returned: its success, and what waits for it, in one transaction."""

from functools import partial
from typing import Any

from tasks_app import lifecycle
from tasks_app.runtime.exceptions import Overtaken
from tasks_app.runtime.results import kept_result, storable_result
from tasks_app.runtime.running import Running
from tasks_app.runtime.settling import settle


def succeed(job: Any, request: Any, running: Running, value: Any) -> None:
    """Write the outcome that a body returned.

    Raises EncodeError for a value that is no JSON, what the calls raise that follow it (both make
    the run a failure, as in Celery), and Overtaken if this word does not count.
    """
    # The doorbell says no, whatever the job or its caller says.
    ignored = running.execution.envelope.get("ignore_result", job.ignore_result)
    kept = None if ignored else kept_result(storable_result(value))
    if running.execution.is_followed:
        move: Any = partial(lifecycle.succeed_and_pass_on, running.claim, kept, value)
    else:
        move = partial(lifecycle.succeed, [(running.claim, kept)])
    if not settle(request, "success", move):
        raise Overtaken(f"{running.claim.id} is no longer claimed by this process")
    # Celery's tracer would submit them once more.
    request.callbacks = request.chain = request.chord = None
