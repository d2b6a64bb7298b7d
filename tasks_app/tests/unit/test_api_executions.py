"""`/api/v1/executions/`."""

from uuid import uuid4

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import Failing
from tasks_app.states import Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import JOB, a_claim, a_run, a_task, now_of, told_of
from tasks_app.tests.unit.api import Program, assert_refused

DOCUMENTS = {"args", "kwargs", "result", "checkpoint", "traceback", "attempts"}


def test_the_list_shows_ones_own_runs_newest_first_without_documents(ada, bob):
    task = a_task(ada)
    first, second = a_run(task=task, owner=ada), a_run(owner=ada)
    a_run(owner=bob)

    newest, oldest = Program(ada).get("executions/").json()["results"]

    assert (newest["id"], oldest["id"]) == (str(second.pk), str(first.pk))
    assert (newest["task"], newest["task_name"]) == (None, None)
    assert (oldest["task"], oldest["task_name"]) == (str(task.pk), "a task")
    assert not DOCUMENTS & newest.keys()


def test_a_superuser_sees_everybodys_and_nobodys(ada, root):
    a_run(owner=ada), a_run(owner=None)

    rows = Program(root).get("executions/").json()["results"]

    assert [row["owner"] for row in rows] == [None, "ada"]


def test_the_list_is_filtered_by_status_and_task(ada):
    task = a_task(ada)
    found = a_run(Status.STARTED, task=task, owner=ada)
    a_run(task=task, owner=ada), a_run(Status.STARTED, owner=ada)

    rows = Program(ada).get("executions/", status="running", task=task.pk).json()["results"]

    assert [row["id"] for row in rows] == [str(found.pk)]


@pytest.mark.parametrize(
    "query", ["status=done", "task=not-an-id", "limit=500", "job=x", "skip=1&skip=2"]
)
def test_a_bad_parameter_is_refused_by_its_name(ada, query):
    name = query.partition("=")[0]

    assert_refused(Program(ada).get(f"executions/?{query}"), 400, "invalid", name)


def test_the_list_costs_two_queries_whatever_its_length(ada, django_assert_num_queries):
    for _ in range(3):
        run = a_run(task=a_task(ada), owner=ada, triggered_by=ada)
        lifecycle.cancel([run.pk], lifecycle.Canceller(ada.pk))
    program = Program(ada)

    with django_assert_num_queries(2):  # the token, the runs with all their names
        rows = program.get("executions/").json()["results"]

    assert {row["cancel_requested_by"] for row in rows} == {"ada"}


def test_the_list_leaves_documents_in_the_database(ada, django_assert_num_queries):
    a_run(task=a_task(ada, description="long"), owner=ada, kwargs={"long": "text"})
    program = Program(ada)

    with django_assert_num_queries(2) as asked:
        program.get("executions/")

    statement = asked[1]["sql"]
    for column in ("kwargs", "traceback", "result", "envelope", "description"):
        assert f'"{column}"' not in statement


def test_a_run_tells_everything(ada):
    task = a_task(ada)
    run = a_run(task=task, owner=ada, triggered_by=ada, args=[3], kwargs={"param": "x"})
    age(40)
    claim = a_claim(run, worker="w1@here")
    age(20)
    lifecycle.succeed([(claim, {"seconds": 3})])

    shown = Program(ada).get(f"executions/{run.pk}/").json()

    assert (shown["status"], shown["progress"]) == ("success", 100)
    assert (shown["celery_task_name"], shown["args"], shown["kwargs"]) == (JOB, [3], {"param": "x"})
    assert (shown["result"], shown["traceback"], shown["attempts"]) == ({"seconds": 3}, "", [])
    assert (shown["worker"], shown["attempt"], shown["code_version"]) == ("w1@here", 1, "c0de")
    assert shown["wait"] == pytest.approx(40, abs=5)
    assert shown["duration"] == pytest.approx(20, abs=5)


def test_a_run_tells_what_waits_for_its_end(ada):
    step = {"task": "shop.pack"}
    envelope = {
        "link": [{"task": "shop.bill"}],
        "chain": [{"task": "shop.send"}, step],
        "chord": {"task": "shop.close"},
        "link_error": [{"task": "shop.warn", "kwargs": {"password": "x"}}],
    }
    run = a_run(owner=ada, envelope=envelope)

    shown = Program(ada).get(f"executions/{run.pk}/").json()

    assert [(each["kind"], each["job"]) for each in shown["follows"]] == [
        ("then", "shop.bill"),
        ("then", "shop.pack"),
        ("then", "shop.send"),
        ("chord", "shop.close"),
        ("on_error", "shop.warn"),
    ]


def test_a_failed_run_shows_its_reason_its_traceback_and_its_attempt(ada):
    run = a_run(owner=ada)
    failing = Failing("ValueError: no", "ValueError", "Traceback: line 1", "f1")
    lifecycle.fail(a_claim(run, worker="w1@here"), Reason.ERROR, failing)

    shown = Program(ada).get(f"executions/{run.pk}/").json()

    assert (shown["status"], shown["reason"]) == ("failure", "error")
    assert shown["reason_text"] == "The job raised an error."
    assert (shown["error"], shown["traceback"]) == ("ValueError: no", "Traceback: line 1")
    [attempt] = shown["attempts"]
    assert (attempt["number"], attempt["outcome"], attempt["worker"]) == (1, "failed", "w1@here")
    assert attempt["error"] == "ValueError: no"


def test_what_has_not_begun_has_no_times(ada):
    shown = Program(ada).get(f"executions/{a_run(owner=ada).pk}/").json()

    times = ("started_at", "finished_at", "wait", "duration", "progress_at", "cancel_requested_at")
    assert [shown[name] for name in times] == [None] * len(times)


def test_a_run_costs_four_queries(ada, django_assert_num_queries):
    run = a_run(task=a_task(ada), owner=ada, triggered_by=ada)
    program = Program(ada)

    with django_assert_num_queries(4):  # the token, the run, its attempts, its reruns
        program.get(f"executions/{run.pk}/")


def test_cancelling_what_waits_ends_it(ada):
    run = a_run(owner=ada)

    answer = Program(ada).post(f"executions/{run.pk}/cancel/")

    assert answer.status_code == 202
    shown = answer.json()
    assert (shown["status"], shown["reason"]) == ("revoked", "cancelled")
    assert shown["cancel_requested_by"] == "ada"
    assert told_of(run) == ["cancel"]


def test_cancelling_what_runs_asks_it_to_stop(ada):
    run = a_run(Status.STARTED, owner=ada)

    shown = Program(ada).post(f"executions/{run.pk}/cancel/").json()

    assert shown["status"] == "started"
    assert shown["cancel_requested_at"] is not None


def test_cancelling_what_has_ended_is_refused_with_its_end(ada):
    run = a_run(Status.SUCCESS, owner=ada)

    answer = Program(ada).post(f"executions/{run.pk}/cancel/")

    assert_refused(answer, 409, "already_ended")
    assert "ended at" in answer.json()["detail"]
    assert now_of(run).cancel_requested_at is None


@pytest.mark.parametrize("name", [uuid4(), "not-an-id", "a.b"])
def test_what_is_unknown_is_404(ada, name):
    assert_refused(Program(ada).get(f"executions/{name}/"), 404, "not_found")
