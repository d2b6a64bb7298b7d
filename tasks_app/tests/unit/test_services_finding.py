"""Finding: everybody their own, a superuser all, and for others it does not exist."""

from uuid import uuid4

import pytest

from tasks_app.exceptions import KeyAmbiguous, NotFound
from tasks_app.services import Actor, get_execution, get_executions, get_task, get_tasks
from tasks_app.states import Status
from tasks_app.tests.runs import a_run, a_task

pytestmark = pytest.mark.django_db
DAYS = [f"2026-01-0{day}T00:00Z" for day in range(1, 5)]


def test_a_task_is_found_by_its_id_and_by_its_key(ada):
    task = a_task(ada, key="nightly")

    for name in (task.pk, str(task.pk), str(task.pk).upper(), "nightly"):
        assert get_task(Actor(ada), name) == task


@pytest.mark.parametrize(
    "name",
    ["nothing", "", "NIGHTLY", "a\0b", "\ud800", "01890000-0000-7000-8000-000000000001"],
    ids=ascii,
)
def test_what_is_not_there_is_not_found(name, ada):
    a_task(ada, key="nightly")

    with pytest.raises(NotFound):
        get_task(Actor(ada), name)


def test_a_strangers_task_does_not_exist(ada, bob, root):
    task = a_task(ada, key="nightly")

    for name in (task.pk, "nightly"):
        with pytest.raises(NotFound):
            get_task(Actor(bob), name)
        assert get_task(Actor(root), name) == task


def test_the_same_key_means_everybodys_own_task(ada, bob, root):
    his, hers = a_task(bob, key="nightly"), a_task(ada, key="nightly")

    assert (get_task(Actor(ada), "nightly"), get_task(Actor(bob), "nightly")) == (hers, his)
    with pytest.raises(KeyAmbiguous, match="ada, bob"):
        get_task(Actor(root), "nightly")


def test_a_superusers_own_task_goes_before_those_of_others(ada, root):
    a_task(ada, key="nightly")
    own = a_task(root, key="nightly")

    assert get_task(Actor(root), "nightly") == own


def test_tasks_are_listed_newest_first_a_page_at_a_time(ada, bob):
    tasks = [a_task(ada, created_at=day) for day in DAYS]
    a_task(bob)

    assert list(get_tasks(Actor(ada))) == tasks[::-1]
    assert list(get_tasks(Actor(ada), skip=1, limit=2)) == [tasks[2], tasks[1]]
    assert list(get_tasks(Actor(ada), skip=9)) == []


def test_tasks_are_listed_by_status_and_by_type(ada):
    report, other = a_task(ada, task_type="report"), a_task(ada)
    a_run(Status.STARTED, task=other, owner=ada)

    assert list(get_tasks(Actor(ada), statuses=[Status.STARTED])) == [other]
    assert list(get_tasks(Actor(ada), statuses=[Status.PENDING])) == [report]
    assert list(get_tasks(Actor(ada), statuses=[Status.PENDING, Status.STARTED])) == [other, report]
    assert list(get_tasks(Actor(ada), task_type="report")) == [report]


def test_a_list_costs_one_statement(ada, django_assert_num_queries):
    for _ in range(3):
        a_run(task=a_task(ada), owner=ada)

    with django_assert_num_queries(1):
        assert [(task.status, task.owner.username) for task in get_tasks(Actor(ada))] == [
            ("pending", "ada")
        ] * 3
    with django_assert_num_queries(1):
        assert [run.task.name for run in get_executions(Actor(ada))] == ["a task"] * 3


def test_a_run_is_found_by_its_owner_only(ada, bob, root):
    run = a_run(owner=ada)

    assert get_execution(Actor(ada), str(run.pk)) == get_execution(Actor(root), run.pk) == run
    for actor, name in ((Actor(bob), run.pk), (Actor(ada), uuid4()), (Actor(ada), "no id")):
        with pytest.raises(NotFound):
            get_execution(actor, name)


def test_a_run_that_belongs_to_nobody_is_for_superusers(ada, root):
    run = a_run()

    assert list(get_executions(Actor(root))) == [run]
    assert list(get_executions(Actor(ada))) == []


def test_runs_are_listed_newest_first_of_one_task_or_status(ada):
    task = a_task(ada)
    first = a_run(task=task, owner=ada, created_at=DAYS[0])
    second = a_run(Status.SUCCESS, task=task, owner=ada, created_at=DAYS[1])
    third = a_run(owner=ada, created_at=DAYS[2])

    assert list(get_executions(Actor(ada))) == [third, second, first]
    assert list(get_executions(Actor(ada), skip=1, limit=1)) == [second]
    assert list(get_executions(Actor(ada), task_id=task.pk)) == [second, first]
    assert list(get_executions(Actor(ada), statuses=[Status.SUCCESS])) == [second]
