"""`/api/v1/pauses/`, and `pause` and `resume` of a task."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tasks_app import services
from tasks_app.models import Event, Pause
from tasks_app.services import Actor
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db


def pauses(user, **body):
    return Program(user).post("pauses/", body)


def test_a_task_is_paused_by_its_key_or_id_and_resumed(ada):
    task = a_task(ada, key="import", name="The import")
    a_run(task=task)

    answer = pauses(ada, task="import", reason="The feed is broken.", expires_in=600)

    assert answer.status_code == 201
    told: Any = answer.json()
    assert told == {
        "id": str(Pause.objects.get().pk),
        "task": str(task.pk),
        "task_name": "The import",
        "queue": "",
        "everything": False,
        "reason": "The feed is broken.",
        "paused_by": "ada",
        "created_at": told["created_at"],
        "expires_at": told["expires_at"],
        "waiting": 1,
    }
    assert Program(ada).get(f"pauses/{told['id']}/").json() == told
    assert Program(ada).get("pauses/").json()["results"] == [told]
    answer = Program(ada).send("DELETE", f"pauses/{told['id']}/", {"reason": "Mended."})
    assert answer.status_code == 204
    assert not Pause.objects.exists()
    assert Event.objects.filter(verb="resume", door="api", reason="Mended.").count() == 2


@pytest.mark.parametrize(
    "subject, told",
    [({"queue": "default"}, ("default", False)), ({"everything": True}, ("", True))],
)
def test_a_superuser_pauses_a_queue_or_everything_and_all_are_told(ada, root, subject, told):
    answer = pauses(root, **subject)

    assert answer.status_code == 201
    [seen] = Program(ada).get("pauses/").json()["results"]
    assert (seen["queue"], seen["everything"]) == told
    assert seen["paused_by"] == "root"
    assert_refused(pauses(ada, **subject), 403, "superusers_only")
    ended = Program(ada).send("DELETE", f"pauses/{seen['id']}/", None)
    assert_refused(ended, 403, "superusers_only")


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "task"),
        ({"queue": "default", "everything": True}, "task"),
        ({"everything": False}, "task"),
        ({"queue": "no queue"}, "queue"),
        ({"everything": True, "expires_in": -1}, "expires_in"),
        ({"everything": True, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"everything": "yes"}, "everything"),
        ({"everything": True, "hours": 3}, "hours"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(root, body, field):
    answer = pauses(root, **body)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Pause.objects.exists()


def test_a_pause_ends_at_a_moment_in_utc(ada):
    task, end = a_task(ada), timezone.now() + timedelta(hours=1)

    answer = Program(ada).post(
        f"tasks/{task.pk}/pause/", {"expires_at": end.replace(tzinfo=None).isoformat()}
    )

    assert answer.status_code == 200
    assert Pause.objects.get().expires_at == end


def test_a_task_is_paused_and_resumed_below_its_own_path(ada):
    task = a_task(ada, key="import")

    assert Program(ada).post("tasks/import/pause/", {"reason": "first"}).status_code == 200
    again = Program(ada).post("tasks/import/pause/", {"reason": "second"})
    assert (again.status_code, again.json()["reason"]) == (200, "second")
    assert Program(ada).get("tasks/import/why/").json()["code"] == "paused"

    assert Program(ada).post("tasks/import/resume/", {}).status_code == 204
    assert_refused(Program(ada).post("tasks/import/resume/", {}), 409, "not_paused")
    assert not services.get_pauses(Actor(task.owner))


def test_the_list_counts_for_all_pauses_in_one_statement(root, django_assert_num_queries):
    tasks = [a_task(root) for _ in range(3)]
    for task in tasks:
        pauses(root, task=str(task.pk))
    pauses(root, queue="slow")
    pauses(root, everything=True)
    a_run(task=tasks[0]), a_run(task=tasks[0], queue="slow"), a_run(queue="slow")

    with django_assert_num_queries(2):
        told = services.get_pauses(Actor(root))

    assert [pause.waiting for pause in told] == [3, 2, 0, 0, 2]
