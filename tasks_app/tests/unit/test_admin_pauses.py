"""The pages of pauses, and pausing on the page of a task."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from tasks_app import services
from tasks_app.models import Event, Pause
from tasks_app.services import Actor
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator

SENT = {"_form_submitted": "on"}
PAGES = f"{ROOT}/pause"
FORM = {"what": "everything", "of_task": "", "of_queue": "", "reason": "", "minutes": ""}


@pytest.fixture
def olga(db: None) -> User:
    """Somebody of the staff who may pause."""
    codes = ("view_pause", "add_pause", "delete_pause", "view_task", "change_task")
    return an_operator("olga", *codes)


def adds(user: User, **said: str) -> str:
    """What the page says to a form."""
    return Staff(user).client.post(f"{PAGES}/add/", FORM | said, follow=True).content.decode()


@pytest.mark.parametrize(
    "said, subject",
    [
        ({"what": "everything"}, "everything"),
        ({"what": "queue", "of_queue": "default"}, "queue:default"),
    ],
)
def test_a_superuser_holds_a_queue_or_everything(root: User, said: dict, subject: str) -> None:
    page = adds(root, **said, reason="The disk is changed.", minutes="10")

    pause = Pause.objects.get()
    assert (pause.subject, pause.reason, pause.user) == (subject, "The disk is changed.", root)
    assert pause.expires_at is not None
    assert "The disk is changed." in page
    assert Event.objects.get(subject="pause").door == "admin"


def test_an_owner_holds_a_task_of_theirs(olga: User) -> None:
    task = a_task(olga, key="import")

    adds(olga, what="task", of_task="import")

    assert Pause.objects.get().task == task


@pytest.mark.parametrize(
    "said, told",
    [
        ({"what": "everything"}, "only a superuser pauses"),
        ({"what": "queue", "of_queue": ""}, "Name the queue."),
        ({"what": "queue", "of_queue": "no queue"}, "A queue&#x27;s name has letters"),
        ({"what": "task", "of_task": ""}, "Name the task."),
        ({"what": "task", "of_task": "nobodys"}, "There is no task nobodys."),
    ],
)
def test_what_is_refused_is_told(olga: User, said: dict, told: str) -> None:
    page = adds(olga, **said)

    assert told in page
    assert not Pause.objects.exists()


def test_the_dialog_names_how_many_runs_wait_before_it_resumes(root: User) -> None:
    pause = services.pause(Actor(root), queue="default")
    a_run(), a_run(), a_run(queue="another")
    page = f"{PAGES}/{pause.pk}/end/"

    asked = Staff(root).client.get(page).content.decode()
    Staff(root).client.post(page, SENT | {"reason": "Done."})

    assert "2 runs wait for the end of the pause of queue default." in asked
    assert not Pause.objects.exists()
    assert Event.objects.get(verb="resume").reason == "Done."


def test_the_list_shows_what_is_held_and_ends_what_is_selected(root: User, ada: User) -> None:
    pause = services.pause(Actor(ada), task=a_task(ada, name="The import"), reason="Broken.")
    a_run(task=pause.task)

    page = Staff(root).reads("/pause/")
    assert all(said in page for said in ("The import", "Broken.", "ada", "somebody resumes it"))
    assert "The import" in Staff(root).reads(f"/pause/{pause.pk}/change/")

    chosen = {"action": "resume_selected", "_selected_action": [str(pause.pk)]}
    Staff(root).client.post(f"{PAGES}/", chosen)
    assert not Pause.objects.exists()


def test_the_list_asks_as_much_for_many_pauses_as_for_one(
    root: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff = Staff(root)
    services.pause(Actor(root), everything=True)
    with CaptureQueriesContext(connection) as for_one:
        staff.reads("/pause/")
    for _ in range(5):
        services.pause(Actor(root), task=a_task(root))

    with django_assert_num_queries(len(for_one)):
        staff.reads("/pause/")


def test_a_task_is_paused_and_resumed_on_its_page(olga: User) -> None:
    task = a_task(olga)
    page, staff = f"{ROOT}/task/{task.pk}", Staff(olga)
    assert "/pause/" in staff.client.get(f"{page}/change/").content.decode()

    staff.client.post(f"{page}/pause/", SENT | {"reason": "Broken.", "minutes": "5"})

    assert Pause.objects.get().task == task
    shown = staff.client.get(f"{page}/change/").content.decode()
    assert "It is paused: olga paused the task at" in shown
    assert f"{task.pk}/resume/" in shown
    assert f"{task.pk}/pause/" not in shown
    asked = staff.client.get(f"{page}/resume/").content.decode()
    assert "0 runs wait for the end of the pause of the task." in asked

    staff.client.post(f"{page}/resume/", SENT)
    assert not Pause.objects.exists()
