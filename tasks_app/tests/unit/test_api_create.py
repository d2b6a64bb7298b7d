"""`POST /api/v1/tasks/`."""

import json
from uuid import uuid4

import pytest

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.states import Trigger
from tasks_app.tests.runs import JOB
from tasks_app.tests.unit.api import (
    BODY_WITH_A_NUMBER,
    BODY_WITH_A_WORD,
    Program,
    assert_refused,
)

MINIMUM = {"name": "wait", "celery_task_name": JOB, "args": [60]}


@pytest.mark.parametrize("body", [BODY_WITH_A_NUMBER, BODY_WITH_A_WORD])
def test_the_documented_bodies_of_other_systems_create_and_execute(ada, body):
    answer = Program(ada).post("tasks/", body)

    assert answer.status_code == 201
    task = answer.json()
    assert task["name"] == "数据处理任务"
    assert (task["priority"], task["status"], task["progress"]) == (2, "pending", 0)
    assert (task["args"], task["kwargs"]) == ([60], {"param": "value"})
    assert task["owner"] == "ada"
    execution = TaskExecution.objects.get()
    assert task["execution"]["id"] == task["execution_id"] == str(execution.pk)
    assert (execution.celery_task_name, execution.queue) == (JOB, "default")


def test_a_name_and_a_job_are_enough(ada):
    job = "tasks_app.jobs.common_tasks.demo_async_task"

    answer = Program(ada).post("tasks/", {"name": "n", "celery_task_name": job})

    assert answer.status_code == 201
    assert TaskExecution.objects.get().args == []


@pytest.mark.parametrize("fields", [{"start": "manual"}, {"enabled": False}])
def test_a_task_is_not_executed_when_the_body_says_so(ada, fields):
    task = Program(ada).post("tasks/", MINIMUM | fields).json()

    assert (task["execution"], task["execution_id"], task["status"]) == (None, None, "pending")
    assert not TaskExecution.objects.exists()


def test_every_field_is_kept_as_sent_and_answered(ada):
    fields = {
        "key": "nightly.report-1",
        "description": "line one\nline two",
        "task_type": "nightly",
        "tags": ["a", "b"],
        "kwargs": {"param": "x"},
        "enabled": True,
        "priority": 4,
        "queue": "reports",
        "soft_time_limit": 10,
        "time_limit": 20,
        "max_retries": 3,
        "retry_backoff": 2,
        "retry_backoff_max": 60,
        "retry_jitter": False,
        "expires_after": 3600,
        "on_lost": "retry",
        "keep_log": False,
    }

    task = Program(ada).create(**fields)

    assert {name: task[name] for name in fields} == fields
    stored = Task.objects.get()
    assert {name: getattr(stored, name) for name in fields} == fields


def test_who_created_what_by_which_request_is_noted(ada):
    task = Program(ada, **{"X-Request-Id": "import-7"}).create()

    event = Event.objects.get()
    assert (str(event.subject_id), event.verb, event.user) == (task["id"], "create", ada)
    assert (event.door, event.request_id) == (Trigger.API, "import-7")


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": 5}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "bell \a"}, "name"),
        ({"celery_task_name": "os.system"}, "celery_task_name"),
        ({"celery_task_name": "celery.backend_cleanup"}, "celery_task_name"),
        ({"args": "[60]"}, "args"),
        ({"args": {"seconds": 60}}, "args"),
        ({"args": []}, "args"),
        ({"args": [1, 2, 3, 4]}, "args"),
        ({"kwargs": {"minutes": 1}}, "args"),
        ({"kwargs": [1]}, "kwargs"),
        ({"kwargs": {"param": "x" * 65_536}}, "kwargs"),
        ({"priority": 0}, "priority"),
        ({"priority": 5}, "priority"),
        ({"priority": "urgent"}, "priority"),
        ({"priority": True}, "priority"),
        ({"priority": [2]}, "priority"),
        ({"key": "with space"}, "key"),
        ({"key": "registered"}, "key"),
        ({"key": str(uuid4())}, "key"),
        ({"tags": "a"}, "tags"),
        ({"tags": ["a", 1]}, "tags.1"),
        ({"tags": ["t"] * 21}, "tags"),
        ({"enabled": "true"}, "enabled"),
        ({"enabled": 0}, "enabled"),
        ({"queue": "a b"}, "queue"),
        ({"time_limit": 0}, "time_limit"),
        ({"time_limit": "60"}, "time_limit"),
        ({"time_limit": 2**31}, "time_limit"),
        ({"soft_time_limit": 20, "time_limit": 10}, "soft_time_limit"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_retries": 1_000_000_000}, "max_retries"),
        ({"expires_after": 0}, "expires_after"),
        ({"retry_backoff": -1}, "retry_backoff"),
        ({"on_lost": "panic"}, "on_lost"),
        ({"start": "later"}, "start"),
    ],
)
def test_a_bad_value_is_refused_by_its_field_and_nothing_is_written(ada, fields, wrong):
    answer = Program(ada).post("tasks/", MINIMUM | fields)

    assert_refused(answer, 400, "invalid", wrong)
    assert not Task.objects.exists()
    assert not Event.objects.exists()


def test_what_is_missing_is_named(ada):
    answer = Program(ada).post("tasks/", {})

    assert_refused(answer, 400, "invalid", "name", "celery_task_name")


@pytest.mark.parametrize(
    "field", ["id", "owner", "status", "version", "created_at", "result", "execution_id"]
)
def test_a_field_that_only_answers_carry_is_read_only(ada, field):
    answer = Program(ada).post("tasks/", MINIMUM | {field: 1})

    assert_refused(answer, 400, "invalid", field)
    assert "read-only" in answer.json()["detail"]


@pytest.mark.parametrize("field", ["claim_token", "is_superuser", "eta", "link", "__class__"])
def test_an_unknown_field_is_refused_by_its_name(ada, field):
    assert_refused(Program(ada).post("tasks/", MINIMUM | {field: 1}), 400, "invalid", field)


def test_a_key_is_used_once_by_each_owner(ada, bob):
    Program(ada).create(key="mine")

    again = Program(ada).post("tasks/", MINIMUM | {"key": "mine"})

    assert_refused(again, 409, "key_taken")
    assert Program(bob).create(key="mine")["owner"] == "bob"


@pytest.mark.django_db(transaction=True)
def test_a_task_is_taken_while_the_broker_is_down(ada):
    answer = Program(ada).post("tasks/", MINIMUM)

    assert answer.status_code == 201
    assert TaskExecution.objects.get().published_at is None


def test_text_of_any_kind_is_kept_as_text(ada):
    name = "Robert'); DROP TABLE tasks;-- <script>{{7*7}} %s \U0001f514 \u202e"

    task = Program(ada).create(name=name, kwargs={"param": json.dumps({"__type__": "x"})})

    assert Program(ada).get(f"tasks/{task['id']}/").json()["name"] == name
