"""Every page of the admin: readable, quiet, and from this server alone."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tasks_app.models import Alarm, Counter, Task, TaskExecution
from tasks_app.models.alarm import AlarmKind
from tasks_app.services import Actor, pause, skip_tick
from tasks_app.states import Reason, Status
from tasks_app.tests.browser.conftest import Visit
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.schedules import a_scheduled_task, timer_of
from tasks_app.tests.unit.log_lines import lines_of
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>document.title='owned'</script>{{7*7}}"


@pytest.fixture
def paths(root: User) -> list[str]:
    """The pages, with something on them to read."""
    task = a_task(root, name="Nightly orders " + "very " * 20 + "long", key="orders")
    for status in Status:
        a_run(status, task=task, owner=root, progress=40, progress_message="page 4 of 10")
    failed = a_run(
        Status.FAILURE,
        task=task,
        owner=root,
        reason=Reason.ERROR,
        error="ValueError: no such thing",
        traceback="Traceback (most recent call last):\n" + '  File "/app/job.py", line 7\n' * 60,
        kwargs={"document_id": "doc-123"},
    )
    for number, level in enumerate(("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "OTHER")):
        lines_of(failed, 10 + number, level=level, logger="shop." * 30, text="long " + "x" * 300)
    scheduled = a_scheduled_task(
        root, name="Nightly", crontab="0 0 1 * mon", timezone="America/Argentina/Buenos_Aires"
    )
    at = timer_of(scheduled).planned_for
    assert at
    skip_tick(Actor(root), scheduled, at, "holiday")
    missed = a_run(
        Status.SKIPPED,
        task=scheduled,
        reason=Reason.MISSED,
        schedule_name="Nightly",
        scheduled_for=at,
        missed_from=at,
        missed_count=3,
    )
    a_beat(lag=0.4)
    pause(Actor(root), queue="a-queue-whose-name-is-long", reason="The disk is changed. " * 9)
    unserved = "Runs wait on queue a-queue-whose-name-is-rather-long, and nobody serves it."
    Alarm.objects.create(
        kind=AlarmKind.QUEUE_UNSERVED, subject="a-queue", sentence=unserved, advice=unserved
    )
    Counter.objects.add("fenced", 1)
    return [
        "/admin/",
        "/admin/tasks_app/task/",
        "/admin/tasks_app/task/add/",
        f"/admin/tasks_app/task/{task.pk}/change/",
        f"/admin/tasks_app/task/{task.pk}/delete/",
        "/admin/tasks_app/taskexecution/",
        f"/admin/tasks_app/taskexecution/{failed.pk}/change/",
        f"/admin/tasks_app/taskexecution/{failed.pk}/log/",
        f"/admin/tasks_app/task/{scheduled.pk}/change/",
        f"/admin/tasks_app/taskexecution/{missed.pk}/change/",
        "/admin/tasks_app/worker/",
        "/admin/tasks_app/beat/",
        "/admin/tasks_app/pause/",
        "/admin/tasks_app/pause/add/",
        "/admin/tasks_app/alarm/",
        reverse("admin:tasks_app_alarm_doctor"),
        "/admin/tasks_app/counter/",
        "/admin/django_celery_beat/periodictask/",
        "/admin/django_celery_beat/periodictask/add/",
        f"/admin/django_celery_beat/periodictask/{scheduled.schedule_id}/change/",
        f"/admin/django_celery_beat/crontabschedule/{scheduled.schedule.crontab_id}/change/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(visit: Visit, root: User, paths: list[str], scheme: str) -> None:
    person, stranger = visit(root, color_scheme=scheme), visit(color_scheme=scheme)

    found = _barriers(stranger.opens, stranger.barriers, ["/admin/login/"])
    found |= _barriers(person.opens, person.barriers, paths)

    assert not found
    assert not [*person.errors, *stranger.errors]
    assert person.hosts | stranger.hosts == {"localhost"}


def _barriers(
    opens: Callable[[str], None], barriers: Callable[[], list[str]], paths: list[str]
) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        opens(path)
        found[path] = barriers()
    return {path: problems for path, problems in found.items() if problems}


def test_no_page_is_wider_than_a_phone(visit: Visit, root: User, paths: list[str]) -> None:
    person = visit(root, width=390)
    wide = []
    for path in paths:
        person.opens(path)
        wide += [path] if person.scrolls_sideways() else []

    assert not wide


def test_what_a_job_says_is_text_and_nothing_else(visit: Visit, root: User) -> None:
    task = a_task(root, name=HOSTILE)
    run = a_run(
        Status.FAILURE,
        task=task,
        owner=root,
        error=HOSTILE,
        traceback=HOSTILE,
        progress_message=HOSTILE,
        result={HOSTILE: HOSTILE},
    )
    lines_of(run, 1, text=HOSTILE, level=HOSTILE[:20], logger=HOSTILE)
    person = visit(root)

    for model, row in ((Task, task), (TaskExecution, run)):
        log = [f"{row.pk}/log/"] if row == run else []
        for path in ("", f"{row.pk}/change/", *log):
            person.opens(f"/admin/tasks_app/{model._meta.model_name}/{path}")
            person.sees("{{7*7}}")
            assert person.does(lambda page: page.title()) != "owned"
