"""Runs that are not let in: too many wait, or one like them is live."""

from tasks_app.exceptions.refused import Refused


class TooManyWaiting(Refused):
    """No room for more runs that wait. Answered with 429, to come back in `seconds`."""

    code = "over_limit"

    def __init__(self, waiting: int, most: int, seconds: int, *, is_own: bool) -> None:
        whose = "of this owner" if is_own else "in all"
        runs = f"1 run {whose} waits" if waiting == 1 else f"{waiting} runs {whose} wait"
        setting = "WAITING_RUNS_PER_OWNER_MAX" if is_own else "WAITING_RUNS_MAX"
        super().__init__(
            f"Not submitted: {runs}, and {most} may. Try again in about {seconds} s. Cancelling "
            "what need not run makes room at once; an operator can start more workers or raise "
            f"{setting}."
        )
        self.seconds = seconds


class NotUnique(Refused):
    """Runs of the task with the same arguments exclude each other, and one is in the way."""

    code = "not_unique"


class AlikeIsLive(NotUnique):
    """A run with the same arguments waits or runs."""

    def __init__(self, name: str, run: object, status: str) -> None:
        super().__init__(
            f"Not submitted: the run {run} of {name} with the same arguments is {status}. Wait for "
            "its end, cancel it, or change unique_runs of the task."
        )


class AlikeComeAndGo(NotUnique):
    """Each time another run with the same arguments was faster, and over when it was looked at."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Not submitted: runs of {name} with the same arguments come and go too fast to take "
            "a place among them. Try again."
        )


class PeriodTaken(NotUnique):
    """A run with the same arguments belongs to this period already."""

    def __init__(self, name: str, run: object, seconds: int) -> None:
        super().__init__(
            f"Not submitted: {name} runs once in each period of {seconds} s with the same "
            f"arguments, and this one has the run {run}. Wait for the next period, or change "
            "unique_for of the task."
        )


class BackfillNotUnique(NotUnique):
    """Backfilled runs have the same arguments, and would exclude each other."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"Not started: runs of {name} with the same arguments exclude each other, and the "
            f"range holds {count} ticks. Backfill one at a time, or change unique_runs of the task."
        )
