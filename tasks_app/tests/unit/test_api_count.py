"""`GET /api/v1/tasks/count/`, and paths below `tasks/` that are no task."""

import pytest

from tasks_app.models import Attempt
from tasks_app.services import Actor, count_tasks, get_tasks
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.api import Program, assert_refused

NONE = dict.fromkeys(Status.values, 0)


def several(owner):
    """Tasks whose status is not that of their newest run, or that have none."""
    cases = [
        [],
        [Status.SKIPPED],
        [Status.SUCCESS],
        [Status.SUCCESS, Status.FAILURE],
        [Status.FAILURE, Status.SUCCESS, Status.SKIPPED],
        [Status.PENDING, Status.SUCCESS],
        [Status.STARTED, Status.PENDING],
        [Status.PENDING, Status.STARTED, Status.SKIPPED],
        [Status.RETRY],
        [Status.REVOKED],
    ]
    for number, statuses in enumerate(cases):
        task = a_task(owner, task_type="even" if number % 2 == 0 else "odd")
        for status in statuses:
            a_run(status, task=task, owner=owner)
            age(1)


EXPECTED = {
    "pending": 4,
    "started": 1,
    "retry": 1,
    "success": 2,
    "failure": 1,
    "revoked": 1,
    "skipped": 0,
}


def test_tasks_are_counted_by_every_word_for_a_status(ada, bob):
    several(ada), several(bob)
    a_run(Status.STARTED, owner=ada)

    answer = Program(ada).get("tasks/count/")

    assert answer.status_code == 200, answer.content
    assert answer.json() == {"total": 10, "by_status": EXPECTED}


def test_a_superuser_counts_everybodys(ada, bob, root):
    several(ada), several(bob)

    assert Program(root).get("tasks/count").json()["total"] == 20


def test_nothing_is_counted_too(ada):
    assert Program(ada).get("tasks/count/").json() == {"total": 0, "by_status": NONE}


@pytest.mark.parametrize("word", ["running", "RETRY", "succeeded", "pending", "skipped"])
@pytest.mark.parametrize("user", ["ada", "root"])
def test_a_count_is_as_long_as_the_list(ada, root, user, word):
    several(ada)
    program = Program({"ada": ada, "root": root}[user])
    rows = program.get("tasks/", status=word, limit=200).json()["results"]

    counted = program.get("tasks/count/", status=word).json()

    assert counted["total"] == len(rows)
    assert sum(counted["by_status"].values()) == len(rows)


def test_tasks_of_a_label_are_counted(ada):
    several(ada)

    counted = Program(ada).get("tasks/count/", task_type="odd").json()

    assert (counted["total"], counted["by_status"]["pending"]) == (5, 2)


@pytest.mark.parametrize("query", ["status=done", "owner=bob", "limit=1", "task_type="])
def test_a_bad_parameter_is_refused_by_its_name(ada, query):
    name = query.partition("=")[0]

    assert_refused(Program(ada).get(f"tasks/count/?{query}"), 400, "invalid", name)


@pytest.mark.parametrize("query", [{}, {"status": "running"}, {"task_type": "odd"}])
def test_a_count_costs_one_query_beside_the_token(ada, django_assert_num_queries, query):
    several(ada)
    program = Program(ada)

    with django_assert_num_queries(2):
        program.get("tasks/count/", **query)


def test_runs_of_one_moment_count_by_the_same_one_as_in_the_list(ada):
    for _ in range(5):
        task = a_task(ada)
        moment = task.created_at
        a_run(Status.SUCCESS, task=task, owner=ada, created_at=moment)
        a_run(Status.FAILURE, task=task, owner=ada, created_at=moment)

    counted = count_tasks(Actor(ada))

    listed = [task.status for task in get_tasks(Actor(ada))]
    assert {status: listed.count(status) for status in Status} == counted


def test_a_run_is_answered_below_tasks_too(ada, bob):
    run = a_run(Status.SUCCESS, task=a_task(ada), owner=ada, result={"n": 1})

    answers = [
        Program(ada).get(f"{path}/{run.pk}/").json() for path in ("executions", "tasks/executions")
    ]

    assert answers[0] == answers[1]
    assert_refused(Program(bob).get(f"tasks/executions/{run.pk}"), 404, "not_found")


def test_the_attempts_of_a_run_are_paged(ada, bob):
    run = a_run(Status.STARTED, owner=ada)
    for number in (2, 1, 3):
        Attempt.objects.create(
            execution=run,
            number=number,
            outcome="failed",
            claim_token=run.claim_token,
            started_at=run.started_at,
            ended_at=run.started_at,
            error=f"ValueError: {number}",
        )
    program = Program(ada)

    page = program.get(f"executions/{run.pk}/attempts/", skip=1, limit=1).json()
    whole = program.get(f"executions/{run.pk}/attempts").json()["results"]

    assert [row["number"] for row in whole] == [1, 2, 3]
    assert whole == program.get(f"executions/{run.pk}/").json()["attempts"]
    assert page["results"] == [whole[1]]
    assert program.client.get(page["next"], headers=program.headers).json()["results"] == whole[2:]
    assert_refused(Program(bob).get(f"executions/{run.pk}/attempts/"), 404, "not_found")


@pytest.mark.parametrize("word", ["count", "executions", "registered", "Count"])
def test_words_of_the_apis_own_paths_are_no_keys(ada, word):
    body = {"name": "n", "celery_task_name": "app.worker.test_celery", "key": word}

    answer = Program(ada).post("tasks/", body)

    assert_refused(answer, 400, "invalid", "key")
    assert "used by the API's own paths" in answer.json()["detail"]
