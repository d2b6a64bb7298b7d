"""A task, a queue or everything is paused and resumed: by whom, for how long, and noted where."""

import pytest

from tasks_app import services
from tasks_app.exceptions import Invalid, NotFound, NotPaused, SuperusersOnly
from tasks_app.models import Event, Pause
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_task, told_of
from tasks_app.tests.schedules import ago, now

pytestmark = pytest.mark.django_db


def subjects():
    return sorted(pause.subject for pause in Pause.objects.in_force())


def test_an_owner_pauses_a_task_and_says_why(ada):
    task = a_task(ada)

    pause = services.pause(Actor(ada), task=task, reason="The feed is broken.")

    assert (pause.subject, pause.task, pause.reason) == (
        f"task:{task.pk}",
        task,
        "The feed is broken.",
    )
    assert (pause.user, pause.user_name, pause.expires_at) == (ada, "ada", None)
    assert told_of(task) == ["pause"]
    assert [event.reason for event in Event.objects.all()] == ["The feed is broken."] * 2


def test_a_strangers_task_does_not_exist(ada, bob, root):
    task = a_task(ada)

    with pytest.raises(NotFound):
        services.pause(Actor(bob), task=task)
    services.pause(Actor(root), task=task)

    assert not services.get_pauses(Actor(bob))
    assert [pause.task for pause in services.get_pauses(Actor(ada))] == [task]


@pytest.mark.parametrize("subject", [{"queue": "default"}, {"everything": True}])
def test_only_a_superuser_holds_everybodys_runs(ada, root, subject):
    with pytest.raises(SuperusersOnly):
        services.pause(Actor(ada), **subject)
    pause = services.pause(Actor(root), **subject)

    # Whose runs wait may know why, and end nothing.
    assert list(services.get_pauses(Actor(ada))) == [pause]
    with pytest.raises(SuperusersOnly):
        services.resume(Actor(ada), pause)
    services.resume(Actor(root), pause, "The disk is changed.")
    assert subjects() == []
    told = Event.objects.filter(subject="pause", subject_id=pause.pk).order_by("at", "id")
    assert list(told.values_list("verb", flat=True)) == ["pause", "resume"]


@pytest.mark.parametrize(
    "said", [{}, {"queue": "default", "everything": True}, {"queue": "no queue"}]
)
def test_exactly_one_subject_is_named(root, said):
    with pytest.raises(Invalid):
        services.pause(Actor(root), **said)

    assert subjects() == []


def test_pausing_again_replaces_what_was_said(root, ada):
    task = a_task(ada)
    services.pause(Actor(root), task=task, reason="first", expires_in=60)

    pause = services.pause(Actor(ada), task=task, reason="second")

    assert Pause.objects.get() == pause
    assert (pause.reason, pause.expires_at, pause.user) == ("second", None, ada)
    [event] = Event.objects.filter(subject="task", reason="second")
    assert (event.before["reason"], event.after["reason"]) == ("first", "second")


@pytest.mark.parametrize("said", [{"expires_in": 3600}, {"expires_at": ago(hours=-1)}])
def test_it_ends_by_itself_by_the_databases_clock(root, said):
    services.pause(Actor(root), everything=True, **said)
    assert subjects() == ["everything"]

    age(2 * 3600)

    assert subjects() == []
    assert not services.get_pauses(Actor(root))


@pytest.mark.parametrize(
    "said",
    [
        {"expires_in": 0},
        {"expires_in": float("nan")},
        {"expires_in": 400 * 86400},
        {"expires_at": ago(seconds=1)},
        {"expires_in": 60, "expires_at": now()},
        {"reason": "half \ud800"},
    ],
)
def test_an_end_lies_ahead_and_within_a_year(root, said):
    with pytest.raises(Invalid):
        services.pause(Actor(root), everything=True, **said)

    assert subjects() == []


def test_resuming_a_task_needs_no_more_than_the_task(ada, bob):
    task = a_task(ada)
    services.pause_task(Actor(ada), task)

    with pytest.raises(NotPaused):
        services.resume_task(Actor(bob), task)
    services.resume_task(Actor(ada), task, "It is mended.")

    assert told_of(task) == ["pause", "resume"]
    with pytest.raises(NotPaused):
        services.resume_task(Actor(ada), task)


def test_a_pause_goes_with_its_task(ada):
    task = a_task(ada)
    services.pause_task(Actor(ada), task)

    services.delete_task(Actor(ada), task)

    assert not Pause.objects.exists()


def test_a_pause_that_is_over_is_not_found(ada):
    pause = services.pause_task(Actor(ada), a_task(ada))
    services.resume(Actor(ada), pause)

    with pytest.raises(NotFound):
        services.get_pause(Actor(ada), pause.pk)
    with pytest.raises(NotFound):
        services.get_pause(Actor(ada), "no id")
    with pytest.raises(NotFound):
        services.resume(Actor(ada), pause)
