"""`PUT` and `PATCH /api/v1/tasks/{id or key}/`, `enable/` and `disable/`."""

import json
from typing import Any

import pytest
from django.contrib.admin import site

from tasks_app.admin.tasks import TaskAdmin
from tasks_app.admin.when_values import PARTS
from tasks_app.api.serializers.bodies_of_changes import Change, ChangedTask, ReplacedTask
from tasks_app.api.serializers.flat_schedule import WHOLE_OF
from tasks_app.models import Event, Task
from tasks_app.models.task import EDITABLE
from tasks_app.scheduling.definition import MOMENTS
from tasks_app.services.patching import OF_RUN
from tasks_app.states import Trigger
from tasks_app.tests.runs import JOB, told_of
from tasks_app.tests.unit import documented_bodies
from tasks_app.tests.unit.api import (
    BODY_WITH_A_NUMBER,
    BODY_WITH_A_WORD,
    Program,
    assert_refused,
)

MINIMUM = {"name": "wait", "celery_task_name": JOB, "args": [60]}
# As far from a new task as it can be.
EVERYTHING = {
    "name": "report",
    "celery_task_name": JOB,
    "args": [1],
    "kwargs": {"param": "x"},
    "key": "nightly",
    "task_type": "report",
    "tags": ["a"],
    "description": "long",
    "enabled": False,
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
    "retry_on": ["OSError"],
    "fail_on": ["requests.exceptions.Timeout"],
    "cancel_grace": 0,
    "unique_runs": "replace",
    "unique_keys": ["param"],
    "unique_for": 60,
    "keep_log": False,
    "overlap": "skip",
    "catch_up": "all",
    "catch_up_window": 60,
    "disable_after_failures": 5,
    "cron_semantics": "cron",
    "jitter": 30,
    "max_runs": 9,
}
# What a field cannot be said without.
NEEDED: dict[str, dict[str, Any]] = {
    "soft_time_limit": {"time_limit": 100},
    "unique_keys": {"unique_runs": "refuse"},
    "unique_for": {"unique_runs": "refuse"},
}
SCHEDULE = {"crontab": "30 2 * * *", "timezone": "Europe/London"}
# The service's words for the request, not fields of a task.
OF_REQUEST = set(Change().fields)


@pytest.fixture
def program(ada):
    return Program(ada)


def put(program, name, body):
    return program.send("PUT", f"tasks/{name}/", body)


def patch(program, name, /, **body):
    return program.send("PATCH", f"tasks/{name}/", body)


def changed(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_field_of_a_task_can_be_replaced(program):
    task = program.create()

    shown = changed(put(program, task["id"], EVERYTHING | SCHEDULE))

    assert EVERYTHING.keys() == set(EDITABLE)
    assert {name: shown[name] for name in EVERYTHING} == EVERYTHING
    assert (shown["crontab"], shown["timezone"]) == ("30 2 * * *", "Europe/London")
    assert (shown["id"], shown["version"]) == (task["id"], 2)


def test_what_a_replacement_does_not_say_is_as_in_a_new_task(program):
    task = program.create(**EVERYTHING, **SCHEDULE)
    new = program.create()

    shown = changed(put(program, "nightly", MINIMUM))

    its_own = {"id", "key", "created_at", "updated_at", "version"}
    assert {name: value for name, value in shown.items() if name not in its_own} == {
        name: value for name, value in new.items() if name not in {*its_own, "execution"}
    }
    assert (shown["key"], shown["id"]) == ("nightly", task["id"])


def test_a_replacement_can_take_the_key_away(program):
    task = program.create(key="nightly")

    assert changed(put(program, task["id"], MINIMUM | {"key": None}))["key"] is None


@pytest.mark.parametrize(
    "body", [BODY_WITH_A_NUMBER, BODY_WITH_A_WORD, *documented_bodies.BODIES], ids=range(6)
)
def test_the_documented_bodies_of_other_systems_replace_a_task(program, body):
    task = program.create(**SCHEDULE)

    answer = program.client.put(
        f"/api/v1/tasks/{task['id']}", body, "application/json", headers=program.headers
    )

    shown, said = changed(answer), json.loads(body)
    assert {name: shown[name] for name in ("name", "celery_task_name", "task_type")} == {
        name: said[name] for name in ("name", "celery_task_name", "task_type")
    }
    assert (shown["crontab"] is None) is ("crontab_hour" not in said)
    assert (shown["scheduled_time"] is None) is ("scheduled_time" not in said)


def test_a_replacement_that_changes_nothing_leaves_the_schedule_as_it_is(program):
    task = program.create(interval=300)
    body = MINIMUM | {"interval": 300}

    shown = changed(put(program, task["id"], body))

    assert (shown["version"], shown["interval"]) == (1, 300)
    assert told_of(Task.objects.get()) == ["create"]


def test_a_replacement_needs_a_name_and_a_job(program):
    task = program.create()

    assert_refused(put(program, task["id"], {}), 400, "invalid", "name", "celery_task_name")


@pytest.mark.parametrize("field, sentence", [("start", "not known"), ("status", "read-only")])
def test_a_replacement_starts_nothing_and_sets_no_status(program, field, sentence):
    task = program.create()

    answer = put(program, task["id"], MINIMUM | {field: "now"})

    assert_refused(answer, 400, "invalid", field)
    assert sentence in answer.json()["errors"][field][0]


@pytest.mark.parametrize("field, value", EVERYTHING.items())
def test_each_field_can_be_changed_alone(program, field, value):
    others = NEEDED.get(field, {})
    task = program.create(args=[60], **others)

    shown = changed(patch(program, task["id"], **{field: value}))

    moving = {"version", "updated_at", field}
    assert shown[field] == value
    assert {name: shown[name] for name in shown.keys() - moving} == {
        name: task[name] for name in task.keys() - moving - {"execution"}
    }


def test_a_body_that_says_nothing_changes_nothing(program):
    task = program.create()

    assert changed(patch(program, task["id"]))["version"] == 1


def test_who_changed_what_why_and_by_which_request_is_noted(ada):
    program = Program(ada, **{"X-Request-Id": "import-7"})
    task = program.create(key="k")

    changed(patch(program, "k", name="new", reason="renamed"))

    event = Event.objects.get(verb="update")
    assert (str(event.subject_id), event.user, event.reason) == (task["id"], ada, "renamed")
    assert (event.door, event.request_id) == (Trigger.API, "import-7")
    assert (event.before, event.after) == ({"name": "wait"}, {"name": "new"})


@pytest.mark.parametrize("method, more", [("PUT", MINIMUM), ("PATCH", {"name": "second"})])
def test_of_two_who_read_the_same_version_the_second_is_told(program, method, more):
    task = program.create()
    changed(patch(program, task["id"], version=1, name="first"))

    answer = program.send(method, f"tasks/{task['id']}/", more | {"version": 1})

    assert_refused(answer, 409, "version_conflict")
    assert Task.objects.get().name == "first"


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"celery_task_name": "os.system"}, "celery_task_name"),
        ({"args": []}, "args"),
        ({"task_args": "[1, 2, 3, 4]"}, "task_args"),
        ({"key": "count"}, "key"),
        ({"key": "executions"}, "key"),
        ({"version": 0}, "version"),
        ({"version": "1"}, "version"),
        ({"id": 1}, "id"),
        ({"owner": "bob"}, "owner"),
        ({"schedule_text": ""}, "schedule_text"),
        ({"start": "now"}, "start"),
        ({"nonsense": 1}, "nonsense"),
        ({"task_type": "once", "crontab": "0 9 * * *"}, "crontab"),
    ],
)
def test_a_bad_change_is_refused_by_its_field_and_nothing_is_written(program, fields, wrong):
    task = program.create()

    assert_refused(patch(program, task["id"], **fields), 400, "invalid", wrong)
    assert Task.objects.get().version == 1


def test_a_key_that_one_has_already_is_refused(program):
    program.create(key="taken")
    task = program.create()

    assert_refused(patch(program, task["id"], key="taken"), 409, "key_taken")


@pytest.mark.parametrize("verb, enabled", [("enable", True), ("disable", False)])
def test_a_task_is_enabled_and_disabled(program, verb, enabled):
    task = program.create(enabled=not enabled)

    shown = changed(program.post(f"tasks/{task['id']}/{verb}/", {"reason": "holiday"}))

    assert (shown["enabled"], shown["version"]) == (enabled, 2)
    assert Event.objects.get(verb="update").reason == "holiday"


def test_api_and_admin_edit_the_same_fields(rf, root):
    request = rf.get("/")
    request.user = root
    flat = set(WHOLE_OF) | {"execution_type"}

    api = set(ChangedTask().fields) - OF_REQUEST - set(OF_RUN) - flat
    form = set(TaskAdmin(Task, site).get_form(request).base_fields)
    part_of = {part: whole for whole, parts in PARTS.items() for part in parts.values()}
    # What only the form needs to know which kind is meant, and what was read.
    admin = {part_of.get(name, name) for name in form} - {"when", "start", "read_version"}
    admin -= {"read_when"}

    assert api == admin == {*EDITABLE, *MOMENTS}
    assert set(ReplacedTask().fields) == set(ChangedTask().fields) - set(OF_RUN)
