"""The routes of the settings: shown per job, and followed by every run of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from config import celery_app
from tasks_app import registry, services
from tasks_app.admin.task_form import TaskForm
from tasks_app.runtime.discovery import fill_registry
from tasks_app.services import Actor
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.runs import JOB

EXPLODE = "tasks_app.tests.jobs.explode"


@pytest.fixture
def routed() -> Iterator[Any]:
    """Start as a process does that has these routes."""
    know_the_tests_jobs()
    app: Any = celery_app

    def start(routes: Any) -> None:
        app.conf.task_routes = routes
        app.amqp.flush_routes()
        app.amqp.router = app.amqp.Router()
        fill_registry(app)

    yield start
    start({})


@pytest.mark.parametrize(
    "routes",
    [
        {JOB: "reports"},
        {"tasks_app.jobs.common_tasks.*": {"queue": "reports"}},
        [{"nothing.*": "elsewhere"}, {"*.long_running_task": "reports"}],
    ],
    ids=["by name", "by pattern", "the first that fits"],
)
def test_a_job_goes_where_its_route_leads(routed: Any, routes: Any) -> None:
    routed(routes)

    assert [job.queue for job in registry.jobs() if job.name == JOB] == ["reports"]
    assert {job.queue for job in registry.jobs() if job.name == EXPLODE} == {""}


def test_a_route_may_lead_by_routing_key(routed: Any) -> None:
    routed({JOB: {"routing_key": "low_priority"}})

    assert [job.queue for job in registry.jobs() if job.name == JOB] == ["low_priority"]


def test_a_queue_that_the_job_itself_names_is_stronger(
    routed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery_app.tasks[JOB], "queue", "its_own", raising=False)
    routed({JOB: "reports"})

    assert [job.queue for job in registry.jobs() if job.name == JOB] == ["its_own"]


def test_an_executed_task_follows_the_route_unless_it_names_a_queue(routed: Any, ada: User) -> None:
    routed({JOB: "reports"})

    def queue_of(**fields: Any) -> str:
        _, execution = services.create_task(
            Actor(ada), name="x", celery_task_name=JOB, args=[0], **fields
        )
        assert execution is not None
        return str(execution.queue)

    assert queue_of(priority=1) == "reports"
    assert queue_of(queue="mine") == "mine"


def test_people_and_programs_see_the_queue_of_each_job(routed: Any, ada: User) -> None:
    routed({JOB: "reports"})
    client = APIClient()
    client.force_authenticate(ada)

    listed = client.get("/api/v1/tasks/registered/").json()["results"]
    choices: Any = TaskForm().fields["celery_task_name"]

    assert {job["name"]: job["queue"] for job in listed}[JOB] == "reports"
    assert dict(choices.choices)[JOB].endswith("(queue reports)")
