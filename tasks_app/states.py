"""The states of an execution, the moves between them, and why it is where it is: data, no code."""

import re

from django.db.models import IntegerChoices, TextChoices


class Status(TextChoices):
    """Celery's own words in lower case, and `skipped` for a tick that policy did not run."""

    PENDING = "pending"  # written down; its doorbell rings when it is due
    STARTED = "started"  # claimed by one worker, which holds the lease
    RETRY = "retry"  # an attempt ended; the next one is due at `run_at`
    SUCCESS = "success"
    FAILURE = "failure"
    REVOKED = "revoked"
    SKIPPED = "skipped"


LEADS_TO: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.STARTED, Status.FAILURE, Status.REVOKED, Status.SKIPPED),
    Status.STARTED: (
        Status.SUCCESS,
        Status.FAILURE,
        Status.RETRY,
        Status.REVOKED,
        Status.PENDING,
    ),
    Status.RETRY: (Status.STARTED, Status.FAILURE, Status.REVOKED),
}
# Tuples keep their order in every process, so constraints and indexes read the same everywhere.
LIVE = (Status.PENDING, Status.STARTED, Status.RETRY)
WAITING = (Status.PENDING, Status.RETRY)
FINAL = (Status.SUCCESS, Status.FAILURE, Status.REVOKED, Status.SKIPPED)


def sources(target: Status) -> tuple[Status, ...]:
    """The states from which `target` may be reached."""
    return tuple(source for source, targets in LEADS_TO.items() if target in targets)


class Reason(TextChoices):
    """Why an execution is where it is; the label is the sentence for people."""

    ERROR = "error", "The job raised an error."
    TIMEOUT = "timeout", "It ran longer than its time limit."
    LOST = "lost", "Its worker died or fell silent, and the job may not be repeated."
    POISON = "poison", "Its worker died three times; it is not tried again."
    EXPIRED = "expired", "It was not started before it expired."
    CANCELLED = "cancelled", "A person or program cancelled it."
    SET_BY_HAND = "set_by_hand", "A person or program set this outcome."
    UNKNOWN_JOB = "unknown_job", "No worker knows its job."
    IGNORED = "ignored", "The job asked to be ignored."
    SHUTDOWN = "shutdown", "Its worker was shut down, and the job may not be repeated."
    OVERLAP = "overlap", "Another run of the task was still live."
    OVER_LIMIT = "over_limit", "Too many runs were waiting."
    MISSED = "missed", "No scheduler ran at its time."
    OUTSIDE_WINDOW = "outside_window", "Its time lay outside the allowed window."
    MAX_RUNS = "max_runs", "The task had reached its number of runs."
    BY_PERSON = "by_person", "A person skipped it."
    UPSTREAM_FAILED = "upstream_failed", "A run it depends on did not succeed."
    DELAYED = "delayed", "It waits for the time it was asked to start at."
    BACK_OFF = "back_off", "It waits before the next attempt."
    BUFFERED = "buffered", "It waits for an earlier run of the task to end."
    UPSTREAM = "upstream", "It waits for the runs it depends on."
    PAUSED = "paused", "Its task, its queue or everything is paused."


class Trigger(TextChoices):
    """What caused an execution."""

    API = "api"
    ADMIN = "admin"
    COMMAND = "command"
    SCHEDULE = "schedule"
    BACKFILL = "backfill"
    RERUN = "rerun"
    CODE = "code"
    BULK = "bulk"
    DEPENDENCY = "dependency"
    BATCH = "batch"
    SYSTEM = "system"


class Priority(IntegerChoices):
    """How urgent a task is."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    CRITICAL = 4


QUEUE_OF_PRIORITY = {
    Priority.CRITICAL: "high_priority",
    Priority.HIGH: "high_priority",
    Priority.NORMAL: "default",
    Priority.LOW: "low_priority",
}
QUEUE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class OnLost(TextChoices):
    """What happens to a run whose worker died."""

    AUTO = "auto", "as the job declares"
    RETRY = "retry", "run it again"
    FAIL = "fail", "end it as lost"


class UniqueRuns(TextChoices):
    """What a new run does while one with the same arguments is live."""

    ANY = "", "start beside it"
    REFUSE = "refuse", "refuse the new one"
    REPLACE = "replace", "take the place of one that waits; refuse while one runs"


class Overlap(TextChoices):
    """What a tick does while another run of its task is live."""

    ALLOW = "allow", "run beside it"
    SKIP = "skip", "skip the tick"
    BUFFER_ONE = "buffer_one", "wait for it; at most one waits"
    BUFFER_ALL = "buffer_all", "wait for it; up to 100 wait"
    CANCEL_OTHER = "cancel_other", "cancel it, then run"


class CatchUp(TextChoices):
    """What becomes of ticks that no scheduler was there for."""

    LATEST = "latest", "run the latest one"
    ALL = "all", "run all, the oldest first; 100 at most"
    SKIP = "skip", "run none"


class CronSemantics(TextChoices):
    """How a crontab that restricts both day fields is read."""

    CELERY = "celery", "both day fields must fit (Celery)"
    CRON = "cron", "one of the day fields must fit (cron)"


class AttemptOutcome(TextChoices):
    """How an attempt ended that was not the last word of its execution."""

    FAILED = "failed", "it failed"
    LOST = "lost", "its worker died or fell silent"
    SHUT_DOWN = "shut_down", "its worker was shut down"


# Clients of other systems speak other words for the same states.
SYNONYMS = {
    "queued": Status.PENDING,
    "waiting": Status.PENDING,
    "running": Status.STARTED,
    "succeeded": Status.SUCCESS,
    "completed": Status.SUCCESS,
    "failed": Status.FAILURE,
    "cancelled": Status.REVOKED,
    "canceled": Status.REVOKED,
}


def read_status(word: str) -> Status:
    """The status that `word` means, in any case; ValueError if it means none."""
    word = word.strip().lower()
    return SYNONYMS.get(word) or Status(word)


def read_priority(value: int | str) -> Priority:
    """The priority that a number from 1 to 4 or a word means; ValueError if it means none."""
    word = str(value).strip().upper()
    if word in Priority.names:
        return Priority[word]
    return Priority(int(word))


def nearest_priority(value: int | None) -> Priority:
    """Celery's priority on Redis, 0 first to 9 last, as the nearest of ours."""
    steps = (Priority.CRITICAL, Priority.HIGH, Priority.NORMAL, Priority.LOW)
    return Priority.NORMAL if value is None else steps[min(max(value, 0) // 3, 3)]
