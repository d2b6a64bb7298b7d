"""Against storms: of one task's runs about ten a second come due for another try."""

import heapq
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Failing
from tasks_app.lifecycle.spreading import spread_delay
from tasks_app.models import Task, TaskExecution
from tasks_app.models.retrying_runs import LONGEST_SPREAD, MOST_RETRYING, RETRIES_PER_SECOND
from tasks_app.reporting.explaining import explain
from tasks_app.states import Status
from tasks_app.tests.runs import JOB, a_claim, a_run, a_task, now_of
from tasks_app.tests.unit.test_plans import named_by

ERROR = Failing("OSError: away", "OSError")


def storm(runs: int, seconds: float, *, is_spread: bool) -> int:
    """The most tries that come due in one second, of runs that begin to fail within `seconds` and
    fail three times, with a back-off of 1 s, doubled, and full jitter."""
    draw = random.Random(7)
    coming = [(draw.uniform(0, seconds), 0) for _ in range(runs)]
    heapq.heapify(coming)
    due, waiting = Counter[int](), 0
    while coming:
        now, failed = heapq.heappop(coming)
        if failed:
            due[int(now)] += 1
            waiting -= 1
        if failed < 3:
            waiting += 1
            delay = draw.uniform(0, 2**failed)
            later = spread_delay(min(waiting, MOST_RETRYING)) if is_spread else 0
            heapq.heappush(coming, (now + max(delay, later), failed + 1))
    return max(due.values())


@pytest.mark.parametrize("seconds", [1, 10, 60])
def test_ten_thousand_runs_that_fail_together_come_due_slowly(seconds: float) -> None:
    assert storm(10_000, seconds, is_spread=False) > 500
    assert storm(10_000, seconds, is_spread=True) < 3 * RETRIES_PER_SECOND


@pytest.mark.parametrize("waiting", [1, 10, 11, 500, MOST_RETRYING - 1, MOST_RETRYING])
def test_a_turn_comes_with_those_before_it_and_within_the_hour(waiting: int) -> None:
    turns = [spread_delay(waiting) for _ in range(50)]

    if waiting <= RETRIES_PER_SECOND:
        assert set(turns) == {0}
    else:
        assert waiting / RETRIES_PER_SECOND <= min(turns) < max(turns) <= LONGEST_SPREAD


def crowd(count: int, **columns: object) -> None:
    """Runs that wait for another try."""
    defaults = {"celery_task_name": JOB, "trigger": "code", "status": Status.RETRY, "attempt": 1}
    TaskExecution.objects.bulk_create(TaskExecution(**(defaults | columns)) for _ in range(count))


def waits(run: TaskExecution) -> float:
    return (now_of(run).run_at - timezone.now()) / timedelta(seconds=1)


@pytest.mark.django_db
def test_a_retry_among_many_of_its_task_waits_for_its_turn(ada: User) -> None:
    task = a_task(ada)
    run = a_run(task=task)
    claim = a_claim(run)
    crowd(300, task=task)

    lifecycle.retry(claim, 2, ERROR)

    assert 28 < waits(run) <= 34
    assert now_of(run).status == Status.RETRY


@pytest.mark.django_db
def test_a_longer_back_off_stays_as_it_is(ada: User) -> None:
    task = a_task(ada)
    run = a_run(task=task)
    crowd(50, task=task)

    lifecycle.retry(a_claim(run), 60, ERROR)

    assert 58 < waits(run) <= 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    "others",
    [{}, {"celery_task_name": "another.job"}, {"status": Status.PENDING, "attempt": 0}],
    ids=["of no task", "of another job", "in their first try"],
)
def test_others_do_not_keep_a_task_waiting(ada: User, others: dict[str, object]) -> None:
    task = a_task(ada)
    run = a_run(task=None if "celery_task_name" in others else task)
    crowd(50, **({"task": task} if "status" in others else {}), **others)

    lifecycle.retry(a_claim(run), 0, ERROR)

    assert waits(run) < 1


@pytest.mark.django_db
def test_runs_from_code_are_spread_with_those_of_their_job() -> None:
    run = a_run()
    crowd(300)

    lifecycle.retry(a_claim(run), 0, ERROR)

    assert 28 < waits(run) <= 34


@pytest.mark.django_db
def test_a_run_that_was_asked_to_stop_waits_for_nothing() -> None:
    run = a_run()
    claim = a_claim(run)
    crowd(300)
    lifecycle.cancel([run.pk], Canceller(None))

    lifecycle.retry(claim, 0, ERROR)

    assert (now_of(run).status, waits(run) < 1) == (Status.REVOKED, True)


@pytest.mark.django_db
def test_why_tells_that_many_wait_for_another_try() -> None:
    crowd(300)
    run = a_run()
    lifecycle.retry(a_claim(run), 0, ERROR)

    [line] = [line for line in explain(now_of(run)).evidence if "another try" in line]

    assert line == "301 runs like it wait for another try; about 10 of them come due in a second."


def planned(verb: object) -> str:
    """The plan of the one question that counts."""
    with CaptureQueriesContext(connection) as queries:
        verb()  # type: ignore[operator]
    [count] = [query["sql"] for query in queries if "COUNT(*)" in query["sql"].upper()]
    explaining = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explaining + count)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("has_task", [True, False])
def test_the_count_is_one_question_to_one_index(
    fresh_tables: None, ada: User, has_task: bool
) -> None:
    tasks = [Task(owner=ada, name=f"{n}", celery_task_name=JOB) for n in range(50)]
    Task.objects.bulk_create(tasks)
    for task in tasks:
        crowd(20, task=task)
    crowd(500, status=Status.PENDING, attempt=0, task=tasks[0])
    # So many that nobody reads them all.
    ended = {"status": Status.SUCCESS, "finished_at": timezone.now(), "task": tasks[1]}
    crowd(3000, celery_task_name="another.job", **ended)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    run = a_run(task=tasks[0] if has_task else None)
    claim = a_claim(run)

    plan = planned(lambda: lifecycle.retry(claim, 3600, ERROR))

    if connection.vendor == "postgresql":
        assert named_by(plan) == {"executions_retrying"}
    else:
        assert "executions_retrying (celery_task_name=? AND task_id=?)" in plan
