"""`/api/v1/tasks/`: list, retrieve, status, registered, delete."""

import re
from datetime import datetime
from uuid import uuid4

import pytest

from tasks_app.models import Task, TaskExecution
from tasks_app.states import SYNONYMS, Status
from tasks_app.tests.runs import JOB, a_run, a_task, now_of
from tasks_app.tests.unit.api import Program, assert_refused


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_the_list_shows_ones_own_tasks_newest_first(ada, bob):
    first, second = a_task(ada), a_task(ada)
    a_task(bob)

    assert ids(Program(ada).get("tasks/")) == [str(second.pk), str(first.pk)]


def test_a_superuser_sees_everybodys(ada, bob, root):
    a_task(ada), a_task(bob)

    rows = Program(root).get("tasks/").json()["results"]

    assert {row["owner"] for row in rows} == {"ada", "bob"}


def test_the_list_is_filtered_by_every_word_for_a_status(ada):
    program = Program(ada)
    for status in Status:
        a_run(status, task=a_task(ada, name=status), owner=ada)

    for word in (*Status.values, *SYNONYMS, "RUNNING", "Succeeded"):
        rows = program.get("tasks/", status=word).json()["results"]

        meant = SYNONYMS.get(word.lower()) or word.lower()
        # A skipped tick leaves a task as it was: pending, if it never ran.
        known_as = {"pending": {"pending", "skipped"}, "skipped": set()}.get(meant, {meant})
        assert {row["name"] for row in rows} == known_as


def test_the_list_is_filtered_by_label(ada):
    found = a_task(ada, task_type="report")
    a_task(ada, task_type="reports")

    assert ids(Program(ada).get("tasks/", task_type="report")) == [str(found.pk)]


def test_skip_and_limit_cut_a_page_and_the_answer_says_where_it_goes_on(ada):
    tasks = [str(a_task(ada).pk) for _ in range(5)][::-1]
    program = Program(ada)

    page = program.get("tasks/", skip=1, limit=2).json()
    following = program.client.get(page["next"], headers=program.headers)

    assert [row["id"] for row in page["results"]] == tasks[1:3]
    assert ids(following) == tasks[3:]
    assert following.json()["next"] is None


@pytest.mark.parametrize(
    "query, wrong",
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("skip=-1", "skip"),
        (f"skip={10**30}", "skip"),
        ("status=finished", "status"),
        ("status=", "status"),
        ("task_type=", "task_type"),
        ("task_type=%00", "task_type"),
        ("owner=bob", "owner"),
        ("owner__password__startswith=p", "owner__password__startswith"),
        ("ordering=owner__password", "ordering"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(ada, query, wrong):
    assert_refused(Program(ada).get(f"tasks/?{query}"), 400, "invalid", wrong)


def test_the_list_costs_three_queries_whatever_its_length(ada, django_assert_num_queries):
    for _ in range(3):
        task = a_task(ada)
        a_run(Status.SUCCESS, task=task, owner=ada), a_run(task=task, owner=ada)
    program = Program(ada)

    with django_assert_num_queries(3):  # the token, the tasks, their runs
        assert len(ids(program.get("tasks/"))) == 3


def test_a_task_is_found_by_its_id_and_by_its_key(ada):
    task = a_task(ada, key="my.report-1")

    for name in (task.pk, task.key):
        assert Program(ada).get(f"tasks/{name}/").json()["id"] == str(task.pk)


def test_a_task_tells_progress_result_and_error_of_the_run_its_status_comes_from(ada):
    task = a_task(ada)
    a_run(Status.FAILURE, task=task, owner=ada, error="ValueError: no", reason="error")
    running = a_run(Status.STARTED, task=task, owner=ada, progress=40, progress_message="page 4")

    shown = Program(ada).get(f"tasks/{task.pk}/").json()

    assert (shown["status"], shown["execution_id"]) == ("started", str(running.pk))
    assert (shown["progress"], shown["progress_message"], shown["error"]) == (40, "page 4", "")
    assert shown["result"] is None


def test_a_task_that_ended_tells_how(ada):
    task = a_task(ada)
    a_run(
        Status.SUCCESS,
        task=task,
        owner=ada,
        progress=100,
        result={"pages": 3},
        started_at="2026-01-01T00:00:00Z",
        finished_at="2026-01-01T00:00:02.5Z",
    )

    shown = Program(ada).get(f"tasks/{task.pk}/").json()

    assert (shown["status"], shown["progress"], shown["result"]) == ("success", 100, {"pages": 3})
    assert (shown["duration"], shown["finished_at"]) == (2.5, "2026-01-01T00:00:02.500000Z")


def test_times_are_in_utc_whatever_zone_the_installation_has(ada, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    task = a_task(ada)

    shown = Program(ada).get(f"tasks/{task.pk}/").json()["created_at"]

    # A whole second is told without its parts.
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", shown)
    assert datetime.fromisoformat(shown) == task.created_at


def test_a_task_costs_three_queries(ada, django_assert_num_queries):
    task = a_task(ada)
    a_run(task=task, owner=ada)
    program = Program(ada)

    with django_assert_num_queries(3):
        program.get(f"tasks/{task.pk}/")


def test_no_answer_carries_what_is_nobodys_business(ada):
    task = a_task(ada)
    a_run(Status.STARTED, task=task, owner=ada)
    program = Program(ada)

    said = program.get(f"tasks/{task.pk}/").content + program.get("executions/").content

    assert b"claim_token" not in said
    assert ada.password.encode() not in said


def test_the_status_is_answered_without_the_definition(ada):
    task = a_task(ada)
    run = a_run(Status.FAILURE, task=task, owner=ada, reason="error", error="ValueError: no")

    shown = Program(ada).get(f"tasks/{task.pk}/status/").json()

    assert (shown["id"], shown["execution_id"]) == (str(task.pk), str(run.pk))
    assert (shown["status"], shown["reason"], shown["error"]) == (
        "failure",
        "error",
        "ValueError: no",
    )
    assert "args" not in shown


def test_the_registered_jobs_are_listed_with_aliases_and_parameters(ada):
    jobs = {job["name"]: job for job in Program(ada).get("tasks/registered/").json()["results"]}

    job = jobs[JOB]
    assert job["aliases"] == [
        "app.tasks.common_tasks.long_running_task",
        "app.worker.long_running_task",
    ]
    assert job["idempotent"] is True
    assert job["doc"].startswith("Wait the given seconds")
    seconds, param = job["parameters"]
    assert seconds == {"name": "seconds", "hint": "float", "default": "", "required": True}
    assert param["default"] == "None"
    assert not any(name.startswith("celery.") for name in jobs)


def test_deleting_stops_what_is_live_and_keeps_the_history(ada):
    task = a_task(ada)
    waiting, running = a_run(task=task, owner=ada), a_run(Status.STARTED, task=task, owner=ada)

    answer = Program(ada).delete(f"tasks/{task.pk}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Task.objects.exists()
    assert now_of(waiting).status == Status.REVOKED
    assert now_of(running).cancel_requested_by == ada


def test_deleting_can_refuse_to_stop_anything(ada):
    task = a_task(ada)
    waiting = a_run(task=task, owner=ada)

    answer = Program(ada).delete(f"tasks/{task.pk}/?live=refuse")

    assert_refused(answer, 409, "still_live")
    assert now_of(waiting).status == Status.PENDING


def test_deleting_can_remove_the_history(ada):
    task = a_task(ada)
    a_run(Status.SUCCESS, task=task, owner=ada)

    Program(ada).delete(f"tasks/{task.pk}/?history=remove")

    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("query", ["live=yes", "history=all", "force=1"])
def test_a_bad_way_of_deleting_deletes_nothing(ada, query):
    task = a_task(ada)

    answer = Program(ada).delete(f"tasks/{task.pk}/?{query}")

    assert_refused(answer, 400, "invalid", query.partition("=")[0])
    assert Task.objects.exists()


@pytest.mark.parametrize("name", [uuid4(), "no-such-key", "a%00b", "%2e%2e", "x" * 101])
def test_what_is_unknown_is_404(ada, name):
    assert_refused(Program(ada).get(f"tasks/{name}/"), 404, "not_found")
