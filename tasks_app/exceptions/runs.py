"""Refusals of what shall become of runs."""

from datetime import datetime

from tasks_app.exceptions.refused import Refused


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


class NotEnded(Refused):
    """A run is to be repeated that is not over."""

    code = "not_ended"

    def __init__(self, run: object, status: str) -> None:
        super().__init__(f"Not rerun: {run} is still {status}. Wait for its end, or cancel it.")
