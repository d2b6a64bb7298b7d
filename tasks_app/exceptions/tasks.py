"""Refusals of what a task shall be."""

from tasks_app.exceptions.refused import Invalid, Refused


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
            f"The key {key} is used by several owners: {', '.join(sorted(owners))}."
            " Use the task's id."
        )


class VersionConflict(Refused):
    """The task was changed since the caller read it."""

    code = "version_conflict"

    def __init__(self, version: int) -> None:
        super().__init__(
            f"Not saved: the task is at version {version} by now. Read it again and repeat."
        )
