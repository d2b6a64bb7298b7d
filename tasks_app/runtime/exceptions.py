"""What travels through Celery's tracer instead of an outcome."""

from celery.exceptions import Ignore


class Dropped(Ignore):
    """The message was a duplicate, early or for a run that is over: nothing happens."""


class Revoked(Ignore):
    """The run is revoked, and the row says so; the tracer has nothing to add."""


class Cancelled(Exception):
    """Raised in a job's body by `raise_if_cancelled`; ends the run as `revoked`, `cancelled`."""


class Overtaken(Ignore):
    """The claim was withdrawn: this process works on a run that is somebody else's or over."""


class JobExited(Exception):
    """The job called `sys.exit`; a job must not end its worker."""


class RefusedMessage(Ignore):
    """The message was not made by Belfry and is not run; the sentence says why."""
