"""Every situation that Belfry refuses, by name; the message is made from the facts."""

from datetime import datetime


class Refused(Exception):
    """What was asked cannot be done, and the message says why. Answered with 409 and `code`."""

    code = "refused"


class NotFound(Refused):
    """Nothing of that id or key is visible to the user. Answered with 404."""

    code = "not_found"

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"There is no {what} {name}.")


class Invalid(Refused):
    """Values are not acceptable. Answered with 400, by field."""

    code = "invalid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


class UnknownJob(Invalid):
    """No job of that name can run here."""

    def __init__(self, name: str) -> None:
        sentence = (
            f"No job is called {name}. The registered jobs can be listed; a renamed one can be "
            "added to JOB_ALIASES."
        )
        super().__init__({"celery_task_name": [sentence]})


class ArgumentsDoNotFit(Invalid):
    """The job's signature does not take these arguments."""

    def __init__(self, job: str, misfit: str) -> None:
        super().__init__({"args": [f"The arguments do not fit {job}: {misfit}."]})


class KeyTaken(Refused):
    """The owner already has a task with that key."""

    code = "key_taken"

    def __init__(self, key: str) -> None:
        super().__init__(f"You already have a task with the key {key}.")


class KeyAmbiguous(Refused):
    """Several owners use that key, and the user sees them all."""

    code = "key_ambiguous"

    def __init__(self, key: str, owners: list[str]) -> None:
        super().__init__(
            f"The key {key} is used by several owners: {', '.join(owners)}. Use the task's id."
        )


class VersionConflict(Refused):
    """The task was changed since the caller read it."""

    code = "version_conflict"

    def __init__(self, version: int) -> None:
        super().__init__(
            f"Not saved: the task is at version {version} by now. Read it again and repeat."
        )


class NoLiveRun(Refused):
    """Nothing waits or runs that could be stopped or reported on."""

    code = "no_live_run"

    def __init__(self, name: str) -> None:
        super().__init__(f"Not done: {name} has no live run.")


class AlreadyEnded(Refused):
    """The execution has its final word."""

    code = "already_ended"

    def __init__(self, status: str, finished_at: datetime | None) -> None:
        when = f" at {finished_at:%Y-%m-%d %H:%M:%S} UTC" if finished_at else ""
        super().__init__(f"Not done: it ended{when} with {status}.")


class StillLive(Refused):
    """A task with live runs was to be deleted without touching them."""

    code = "still_live"

    def __init__(self, name: str, count: int) -> None:
        super().__init__(f"Not deleted: {name} has {count} live run(s). Cancel them first.")


class MoveRefused(Refused):
    """The table of moves has no such edge."""

    code = "move_refused"

    def __init__(self, status: str, target: str) -> None:
        super().__init__(f"An execution that is {status} cannot become {target}.")


class ImpossibleSchedule(Refused):
    """A schedule that cannot be computed or would never fire; the sentence says what to do."""

    code = "impossible_schedule"


class NotScheduled(Refused):
    """A task without a schedule was asked for its ticks."""

    code = "not_scheduled"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no schedule. Give it a crontab, an interval or a time first.")


class NoSuchTick(Refused):
    """The schedule does not fire at that moment, or has fired already."""

    code = "no_such_tick"

    def __init__(self, name: str, at: datetime, nearest: list[datetime]) -> None:
        moments = " and ".join(f"{moment:%Y-%m-%d %H:%M:%S} UTC" for moment in nearest)
        coming = f"The nearest coming ticks are {moments}." if moments else "No tick is coming."
        super().__init__(f"{name} has no coming tick at {at:%Y-%m-%d %H:%M:%S} UTC. {coming}")


class TooManyTicks(Refused):
    """A backfill would start more runs than one request may."""

    code = "too_many_ticks"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"Not started: the range holds {count} ticks, and a backfill has {most} at most. "
            "Choose a shorter range."
        )


class BadCredentials(Refused):
    """Name and password do not open an account. Answered with 401."""

    code = "bad_credentials"

    def __init__(self) -> None:
        super().__init__("Not signed in: no active user has this name and this password.")


class NoTokenInUse(Refused):
    """A session asked to end its token."""

    code = "no_token_in_use"

    def __init__(self) -> None:
        super().__init__(
            "Not done: this request came with a session and no token. Sign out in the admin."
        )
