"""The end of a body that returned: its success, and what waits for it, in one transaction."""

from typing import Any

from tasks_app.runtime import words
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
        word = words.success_to_pass_on(running.claim, kept, value)
    else:
        word = words.success(running.claim, kept)
    if not settle(request, word):
        raise Overtaken(f"{running.claim.id} is not written as a success by this process")
    # Celery's tracer would submit them once more.
    request.callbacks = request.chain = request.chord = None
