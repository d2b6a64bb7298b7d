"""Tasks whose runs exclude each other: a new one is refused, or takes the place of what waits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tasks_app import lifecycle
from tasks_app.exceptions import (
    AlikeComeAndGo,
    AlikeIsLive,
    BackfillNotUnique,
    NotFound,
    NotUnique,
    PeriodTaken,
)
from tasks_app.lifecycle import Failing
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.reporting import backlog
from tasks_app.reporting.explaining import explain
from tasks_app.services import Actor, backfill_task, cancel_execution, create_task, execute_task
from tasks_app.services.unique_runs import TRIES
from tasks_app.states import Reason, Status, Trigger
from tasks_app.tests.canvases import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.runs import JOB, a_claim, a_task, now_of, told_of
from tasks_app.tests.schedules import a_scheduled_task, outcomes, pass_time, ticks

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.API)


@pytest.fixture
def refusing(ada):
    return a_task(ada, name="report", unique_runs="refuse")


@pytest.fixture
def replacing(ada):
    return a_task(ada, name="report", unique_runs="replace")


def test_a_run_like_one_that_waits_is_refused_and_names_it(actor, refusing):
    first = execute_task(actor, refusing)

    with pytest.raises(AlikeIsLive) as refused:
        execute_task(actor, refusing)

    assert str(refused.value) == (
        f"Not submitted: the run {first.pk} of report with the same arguments is pending. Wait for "
        "its end, cancel it, or change unique_runs of the task."
    )
    assert isinstance(refused.value, NotUnique)
    assert TaskExecution.objects.get() == first


def test_other_arguments_are_another_run(actor, refusing):
    runs = [execute_task(actor, refusing, args=[seconds]) for seconds in (1, 2)]

    with pytest.raises(NotUnique):
        execute_task(actor, refusing, args=[], kwargs={"seconds": 2.0})

    assert TaskExecution.objects.count() == len(runs)


def test_only_the_chosen_arguments_count(actor, ada):
    task = a_task(ada, unique_runs="refuse", unique_keys=["param"])
    execute_task(actor, task, args=[1], kwargs={"param": "a"})

    with pytest.raises(NotUnique):
        execute_task(actor, task, args=[2], kwargs={"param": "a"})

    assert execute_task(actor, task, args=[1], kwargs={"param": "b"}).pk


def test_a_run_is_in_the_way_while_it_runs_and_while_it_waits_for_the_next_try(actor, refusing):
    run = execute_task(actor, refusing)
    claim = a_claim(run)
    with pytest.raises(NotUnique, match="started"):
        execute_task(actor, refusing)

    lifecycle.retry(claim, 60, Failing("E: x", "E", "", "", None))

    assert now_of(run).unique_key
    with pytest.raises(NotUnique, match="retry"):
        execute_task(actor, refusing)


def test_a_run_that_is_given_back_keeps_its_place(actor, refusing):
    run = execute_task(actor, refusing)
    lifecycle.give_back(a_claim(run))

    assert now_of(run).status == Status.PENDING
    with pytest.raises(NotUnique):
        execute_task(actor, refusing)


def test_once_it_has_ended_the_next_may_come(actor, refusing):
    run = execute_task(actor, refusing)
    lifecycle.succeed([(a_claim(run), None)])

    assert execute_task(actor, refusing).pk != run.pk
    assert now_of(run).unique_key


def test_a_delayed_run_is_in_the_way_too(actor, refusing):
    execute_task(actor, refusing, countdown=60)

    with pytest.raises(NotUnique):
        execute_task(actor, refusing)


def test_a_refusal_spoils_no_transaction_around_it(actor, refusing):
    with transaction.atomic():
        first = execute_task(actor, refusing)
        with pytest.raises(NotUnique):
            execute_task(actor, refusing)

    assert TaskExecution.objects.get() == first


def test_a_refused_run_takes_no_room(actor, refusing, settings):
    settings.WAITING_RUNS_PER_OWNER_MAX = 2
    execute_task(actor, refusing)

    for _ in range(3):
        with pytest.raises(NotUnique):
            execute_task(actor, refusing)

    assert backlog.admit(actor.user.pk) is None


def test_where_others_are_always_faster_and_always_gone_it_gives_up(actor, refusing, monkeypatch):
    tries = []

    def refuse(*_, **__):
        tries.append(1)
        raise IntegrityError("one_live_run_per_unique_key")

    monkeypatch.setattr(lifecycle, "submit", refuse)

    with pytest.raises(AlikeComeAndGo):
        execute_task(actor, refusing)

    assert len(tries) == TRIES


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_gone_is_told_so(actor, refusing):
    Task.objects.all().delete()

    with pytest.raises(NotFound):
        execute_task(actor, refusing)


def test_a_new_unique_task_is_executed_at_once(actor):
    _, run = create_task(actor, name="n", celery_task_name=JOB, args=[1], unique_runs="replace")

    assert now_of(run).unique_key


# --- replace


def test_a_newer_run_takes_the_place_of_the_one_that_waits(actor, replacing):
    older = execute_task(actor, replacing)

    newer = execute_task(actor, replacing)

    older = now_of(older)
    assert (older.status, older.reason) == (Status.REVOKED, Reason.OVERLAP)
    assert older.finished_at
    assert now_of(newer).status == Status.PENDING


def test_a_run_that_waits_for_its_next_try_is_replaced_too(actor, replacing):
    older = execute_task(actor, replacing)
    lifecycle.retry(a_claim(older), 60, Failing("E: x", "E", "", "", None))

    execute_task(actor, replacing)

    assert now_of(older).status == Status.REVOKED


def test_a_run_that_runs_is_not_replaced(actor, replacing):
    older = execute_task(actor, replacing)
    a_claim(older)

    with pytest.raises(AlikeIsLive, match="started"):
        execute_task(actor, replacing)

    assert now_of(older).status == Status.STARTED
    assert not Event.objects.filter(verb="supersede").exists()


def test_why_tells_which_run_took_its_place(actor, replacing):
    older = execute_task(actor, replacing)
    newer = execute_task(actor, replacing)

    why = explain(now_of(older))

    assert told_of(older) == ["supersede"]
    assert why.code == "overlap"
    assert f"the newer run {newer.pk} with the same arguments took its place" in why.sentence
    assert "That one was submitted by ada through the API." in why.evidence


# --- periods


def test_one_run_begins_in_each_period(actor, ada):
    task = a_task(ada, name="hourly", unique_runs="refuse", unique_for=3600)
    run = execute_task(actor, task)
    lifecycle.succeed([(a_claim(run), None)])

    with pytest.raises(PeriodTaken) as refused:
        execute_task(actor, task)

    assert str(refused.value).startswith(
        f"Not submitted: hourly runs once in each period of 3600 s with the same arguments, and "
        f"this one has the run {run.pk}."
    )


def test_the_next_period_has_its_own_run(actor, ada):
    task = a_task(ada, unique_runs="refuse", unique_for=86400)
    run = execute_task(actor, task)
    lifecycle.succeed([(a_claim(run), None)])
    # As if it had been the one of the period before.
    TaskExecution.objects.update(period_key="p:of a second ago")

    assert execute_task(actor, task).pk


def test_a_run_that_never_began_leaves_its_period_to_another(actor, ada):
    task = a_task(ada, unique_runs="refuse", unique_for=86400 * 365)
    cancel_execution(actor, execute_task(actor, task))

    second = execute_task(actor, task)

    assert now_of(second).period_key


def test_a_run_in_its_period_is_replaced_as_long_as_it_has_not_begun(actor, ada):
    task = a_task(ada, unique_runs="replace", unique_for=86400 * 365)
    first = execute_task(actor, task)
    second = execute_task(actor, task)
    lifecycle.retry(a_claim(second), 60, Failing("E: x", "E", "", "", None))

    with pytest.raises(PeriodTaken):
        execute_task(actor, task)

    assert [now_of(run).status for run in (first, second)] == [Status.REVOKED, Status.RETRY]
    assert now_of(first).period_key is None


def test_a_tick_does_not_end_what_has_begun_in_its_period(ada):
    a_scheduled_task(ada, unique_runs="replace", unique_for=86400 * 365)
    pass_time(60)
    [first] = ticks()
    lifecycle.retry(a_claim(first), 3600, Failing("E: x", "E", "", "", None))

    pass_time(60)

    assert outcomes() == ["back_off", "overlap"]


def test_only_a_task_with_a_period_asks_the_database_for_the_time(
    actor, ada, refusing, django_assert_max_num_queries
):
    hourly = a_task(ada, unique_runs="refuse", unique_for=3600)
    execute_task(actor, a_task(ada))

    with django_assert_max_num_queries(3):  # savepoint, insert, release
        execute_task(actor, refusing)
    with django_assert_max_num_queries(5):
        execute_task(actor, hourly)


# --- superseding


def test_what_has_started_or_ended_is_not_superseded(actor, refusing):
    run = execute_task(actor, refusing)
    claim = a_claim(run)
    assert lifecycle.supersede([run.pk]) == []

    lifecycle.succeed([(claim, None)])

    assert lifecycle.supersede([run.pk]) == lifecycle.supersede([]) == []
    assert now_of(run).status == Status.SUCCESS


def test_what_waits_for_the_end_of_a_superseded_run_is_told():
    know_the_tests_jobs()
    result = (jobs.add.s(1) | jobs.add.s(2)).apply_async()
    first = TaskExecution.objects.get()

    lifecycle.supersede([first.pk])

    assert now_of(first).status == Status.REVOKED
    assert result.state == "REVOKED"


# --- backfills


def test_a_backfill_of_a_unique_task_is_one_tick(actor):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    task, _ = create_task(
        actor, name="d", celery_task_name=JOB, args=[1], unique_runs="refuse", crontab="0 0 * * *"
    )

    with pytest.raises(BackfillNotUnique, match="the range holds 2 ticks"):
        backfill_task(actor, task, start, start + timedelta(days=2))
    [run] = backfill_task(actor, task, start, start + timedelta(days=1))

    assert now_of(run).unique_key
    with pytest.raises(NotUnique):
        backfill_task(actor, task, start, start + timedelta(days=1))
