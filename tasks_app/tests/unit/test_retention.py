"""What goes and what stays when old runs are pruned."""

import itertools
import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_results.models import ChordCounter  # type: ignore[attr-defined]

from tasks_app.maintenance import retention as pruning
from tasks_app.maintenance.forgetting import forget_gone
from tasks_app.maintenance.retention import Batch, Retention, count_prunable, prune
from tasks_app.models import Alarm, Attempt, Beat, LogLine, TaskExecution, Worker
from tasks_app.states import FINAL, AttemptOutcome, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run, a_task, now_of
from tasks_app.tests.schedules import (
    a_schedule,
    a_scheduled_task,
    look,
    outcomes,
    pass_time,
)
from tasks_app.tests.unit.log_lines import lines_of

pytestmark = pytest.mark.django_db
DAY = 24 * 3600
WEEK = Retention(dict.fromkeys(FINAL, timedelta(days=7)), keep_last=0)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Nobody else is here who would want the database meanwhile."""
    monkeypatch.setattr("tasks_app.maintenance.retention.time.sleep", lambda seconds: None)


def pruned(retention=WEEK):
    """How many went; the look before has to say the same."""
    told = sum(batch.size for batch in count_prunable(retention))
    gone = sum(batch.size for batch in prune(retention))
    assert told == gone
    return gone


def is_there(run):
    return TaskExecution.objects.filter(pk=run.pk).exists()


def keeping(count):
    return Retention(WEEK.ages, count)


@pytest.mark.parametrize("status", FINAL)
def test_a_run_goes_once_it_ended_longer_ago_than_its_age(status):
    old = a_run(status)
    age(3 * DAY)
    young = a_run(status)
    age(5 * DAY)

    assert pruned() == 1
    assert (is_there(old), is_there(young)) == (False, True)


@pytest.mark.parametrize("status", [Status.PENDING, Status.STARTED, Status.RETRY])
def test_a_live_run_never_goes(status):
    a_run(status)
    age(1000 * DAY)

    assert pruned(Retention(dict.fromkeys(FINAL, timedelta(0)), 0)) == 0


def test_the_age_counts_from_the_end(ada):
    long_delayed = a_run(Status.SUCCESS)
    age(30 * DAY)
    TaskExecution.objects.update(finished_at=timezone.now())

    assert pruned() == 0
    assert is_there(long_delayed)


def test_each_status_has_its_own_age_and_none_is_for_ever(settings):
    settings.RETENTION_DAYS = {"success": 1, "failure": 10, "revoked": None, "skipped": 0}
    settings.KEEP_LAST_RUNS = 0
    runs = {status: a_run(status) for status in FINAL}
    age(5 * DAY)

    list(prune(Retention.configured()))

    assert [status for status in FINAL if not is_there(runs[status])] == ["success"]


def test_all_that_belongs_to_a_run_goes_with_it(ada):
    old, other = a_run(Status.FAILURE), a_run()
    for run in (old, other):
        moment = timezone.now()
        Attempt.objects.create(
            execution=run,
            number=1,
            outcome=AttemptOutcome.FAILED,
            claim_token=uuid4(),
            started_at=moment,
            ended_at=moment,
        )
        lines_of(run, 1, 2, 3)
    age(8 * DAY)

    assert pruned() == 1
    assert {attempt.execution_id for attempt in Attempt.objects.all()} == {other.pk}
    assert set(LogLine.objects.values_list("execution", flat=True)) == {other.pk}


def test_the_newest_runs_of_each_task_stay_and_skipped_ticks_are_no_runs(ada):
    busy, idle = a_task(ada), a_task(ada, name="idle")
    by_age = []
    for _ in range(4):
        by_age.append(a_run(Status.SUCCESS, task=busy))
        a_run(Status.SKIPPED, task=busy)
        age(60)
    rare = a_run(Status.FAILURE, task=idle)
    of_code = a_run(Status.SUCCESS)
    age(8 * DAY)

    assert pruned(keeping(2)) == 2 + 4 + 1
    assert [is_there(run) for run in by_age] == [False, False, True, True]
    assert (is_there(rare), is_there(of_code)) == (True, False)


def test_the_cause_of_a_live_run_stays_and_an_ended_one_forgets_it():
    cause, other = a_run(Status.SUCCESS), a_run(Status.SUCCESS)
    live, over = a_run(parent=cause), a_run(Status.SUCCESS, parent=other)
    age(8 * DAY)
    TaskExecution.objects.filter(pk=over.pk).update(finished_at=timezone.now())

    assert pruned() == 1
    assert (is_there(cause), is_there(other)) == (True, False)
    assert now_of(live).parent_id == cause.pk
    assert now_of(over).parent_id is None


def test_a_run_that_caused_many_goes_and_they_forget_it_a_batch_at_a_time(monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    cause, kept = a_run(Status.SUCCESS), a_run(Status.SUCCESS)
    of_kept = [a_run(Status.SUCCESS, parent=kept), a_run(parent=kept)]
    for _ in range(5):
        a_run(Status.SUCCESS, parent=cause)
    age(8 * DAY)
    others = TaskExecution.objects.exclude(pk__in=[cause.pk, kept.pk])
    others.final().update(finished_at=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        assert pruned() == 1

    forgot = [query for query in queries if 'SET "parent_id" = NULL' in query["sql"]]
    # Batches of two, two and one; and what nobody caused meanwhile.
    assert len(forgot) == 4
    assert [now_of(run).parent_id for run in of_kept] == [kept.pk] * 2


@pytest.mark.parametrize("took, rest", [(0.25, 0.25), (60, pruning.LONGEST_PAUSE)])
def test_others_get_half_the_time_and_never_wait_for_long(monkeypatch, took, rest):
    monkeypatch.setattr(pruning, "BATCH", 2)
    cause = a_run(Status.SUCCESS)
    for _ in range(3):
        a_run(Status.SUCCESS, parent=cause)
    age(8 * DAY)
    TaskExecution.objects.exclude(pk=cause.pk).update(finished_at=timezone.now())
    rests: list[float] = []
    moments = itertools.count(0, took)
    stopwatch = SimpleNamespace(monotonic=lambda: next(moments), sleep=rests.append)
    monkeypatch.setattr(pruning, "time", stopwatch)

    assert [batch.size for batch in prune(WEEK)] == [1]

    # Two batches of children that forget their parent, and one that is deleted.
    assert rests == [rest] * 3


def a_member(group, status=Status.SUCCESS):
    return a_run(status, envelope={"group_id": group, "chord": {"task": "sum"}})


def test_a_member_of_a_chord_stays_while_others_are_live():
    done, waits = a_member("g"), a_member("g", Status.PENDING)
    tuples = [[[str(run.pk), None], None] for run in (done, waits)]
    ChordCounter.objects.create(group_id="g", sub_tasks=str(tuples).replace("'", '"'), count=1)
    age(8 * DAY)

    assert pruned() == 0
    TaskExecution.objects.filter(pk=waits.pk).delete()
    assert pruned() == 1
    assert not ChordCounter.objects.exists()


def test_a_key_is_remembered_for_a_day(ada):
    keyed = a_run(Status.SUCCESS, owner=ada, idempotency_key="order 17")
    at_once = Retention(dict.fromkeys(FINAL, timedelta(0)), 0)
    age(DAY - 60)

    assert pruned(at_once) == 0
    age(120)
    assert pruned(at_once) == 1
    assert not is_there(keyed)


def test_a_run_of_a_period_stays_until_the_period_is_over(ada):
    task = a_task(ada, unique_for=10 * DAY)
    a_run(Status.SUCCESS, task=task, period_key="once")
    age(8 * DAY)

    assert pruned() == 0
    age(3 * DAY)
    assert pruned() == 1


def test_a_tick_stays_inside_the_catch_up_window_of_its_schedule(ada):
    a_scheduled_task(ada, interval=DAY, catch_up_window=20 * DAY)
    pass_time(DAY)
    TaskExecution.objects.update(status="success", finished_at=timezone.now())
    age(10 * DAY)

    assert pruned() == 0
    age(15 * DAY)
    assert pruned() == 1


@pytest.mark.parametrize("when", [{"interval": 3600}, {"scheduled_time": "2020-01-01T00:00Z"}])
def test_a_pruned_tick_is_not_fired_again(ada, when):
    task = a_scheduled_task(ada, catch_up="all", catch_up_window=10, **when)
    if "interval" in when:
        pass_time(3600)
    assert TaskExecution.objects.exclude(scheduled_for=None).count() == 1
    moment = timezone.now() - timedelta(days=8)
    TaskExecution.objects.update(status="success", finished_at=moment, created_at=moment)

    assert pruned() == 1
    for is_enabled in (False, True):
        PeriodicTask.objects.filter(pk=task.schedule_id).update(enabled=is_enabled)
        look()
    assert outcomes() == []


def test_a_second_pass_finds_nothing_to_do():
    for _ in range(5):
        a_run(Status.SUCCESS)
    age(8 * DAY)

    assert pruned() == 5
    assert pruned() == 0


def test_thousands_go_in_batches_and_it_can_be_stopped_between_two(ada):
    task = a_task(ada)
    runs = [
        TaskExecution(
            task=task if number % 2 else None,
            celery_task_name="some.job",
            trigger="code",
            status=Status.SUCCESS,
            finished_at=timezone.now(),
        )
        for number in range(3500)
    ]
    TaskExecution.objects.bulk_create(runs)
    age(8 * DAY)
    keep = keeping(100)

    batches = prune(keep)
    assert next(batches) == Batch(Status.SUCCESS, 1000)
    batches.close()

    assert TaskExecution.objects.count() == 2500
    assert pruned(keep) == 2400
    assert TaskExecution.objects.count() == 100


def test_runs_with_long_logs_go_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(pruning, "MOST_LINES", 5)
    for _ in range(5):
        lines_of(a_run(Status.SUCCESS), 1, 2)
    age(8 * DAY)

    assert [batch.size for batch in prune(WEEK)] == [2, 2, 1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_passed_over_without_waiting():
    held, free = a_run(Status.SUCCESS), a_run(Status.SUCCESS)
    age(8 * DAY)
    locked, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            TaskExecution.objects.select_for_update().get(pk=held.pk)
            locked.set()
            over.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    gone = sum(batch.size for batch in prune(WEEK))
    over.set()
    holder.join()

    assert (gone, is_there(held), is_there(free)) == (1, True, False)


def test_processes_long_gone_and_alarms_long_over_are_forgotten():
    Worker.objects.create(hostname="old", pid=1)
    Beat.objects.create(name="old", pid=1)
    Alarm.objects.create(kind="no_beat", sentence="?", raised_by="x", ended_at=timezone.now())
    Alarm.objects.create(kind="no_beat", sentence="open", raised_by="x")
    age(91 * DAY)
    Worker.objects.create(hostname="new", pid=1)
    a_schedule()

    assert forget_gone() == {"workers": 1, "beats": 1, "alarms": 1}
    assert [alarm.sentence for alarm in Alarm.objects.all()] == ["open"]
    assert [worker.hostname for worker in Worker.objects.all()] == ["new"]
