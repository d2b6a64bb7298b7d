"""Creating a task: checked by field, written whole or not at all, executed unless it waits."""

import pytest

from tasks_app.exceptions import ArgumentsDoNotFit, Invalid, KeyTaken, UnknownJob
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.models.validators import RESERVED_KEYS
from tasks_app.services import Actor, create_task
from tasks_app.states import Priority, Status, Trigger
from tasks_app.tests.runs import JOB, told_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.API, "request-7")


def create(actor, **fields):
    return create_task(actor, **({"name": "a", "celery_task_name": JOB, "args": [1]} | fields))


def test_a_new_task_is_executed_at_once(actor, ada):
    task, execution = create(actor, kwargs={"param": "ü"}, description="d", tags=["a", "b"])

    task = Task.objects.get()
    assert (task.owner, task.version, task.enabled) == (ada, 1, True)
    assert (task.args, task.kwargs, task.tags) == ([1], {"param": "ü"}, ["a", "b"])
    assert TaskExecution.objects.get() == execution
    assert (execution.task, execution.status) == (task, Status.PENDING)


@pytest.mark.parametrize("fields", [{"start": "manual"}, {"enabled": False}], ids=str)
def test_a_task_that_is_to_wait_is_not_executed(actor, fields):
    _, execution = create(actor, **fields)

    assert execution is None
    assert not TaskExecution.objects.exists()


def test_the_trail_tells_who_made_it_by_which_door(actor, ada):
    task, _ = create(actor)

    event = Event.objects.get()
    assert (event.verb, event.subject, event.subject_id) == ("create", "task", task.pk)
    assert (event.user, event.user_name, event.door) == (ada, "ada", Trigger.API)
    assert event.request_id == "request-7"
    assert event.after == {"name": "a", "job": JOB}


@pytest.mark.parametrize("word", ["critical", "CRITICAL", 4])
def test_a_priority_may_be_a_word(actor, word):
    task, execution = create(actor, priority=word)

    assert task.priority == execution.priority == Priority.CRITICAL


@pytest.mark.parametrize("key", ["a", "Nightly.report_2-b", "0", "k" * 100])
def test_a_key_is_a_short_word(actor, key):
    task, _ = create(actor, key=key)

    assert task.key == key


AN_ID = "01890000-0000-7000-8000-000000000001"
NO_KEYS = ["-a", ".a", "a b", "a/b", "ä", "a\n", "k" * 101, AN_ID, AN_ID.replace("-", "")]


@pytest.mark.parametrize("key", [*NO_KEYS, *sorted(RESERVED_KEYS), "Executions"], ids=ascii)
def test_what_cannot_stand_in_a_path_is_no_key(actor, key):
    with pytest.raises(Invalid) as refusal:
        create(actor, key=key)

    assert list(refusal.value.errors) == ["key"]


def test_a_key_is_taken_once_for_each_owner(actor, bob):
    create(actor, key="nightly")
    create(Actor(bob), key="nightly")

    with pytest.raises(KeyTaken, match="nightly"):
        create(actor, key="nightly")

    assert Task.objects.count() == TaskExecution.objects.count() == 2


def test_many_tasks_have_no_key(actor):
    create(actor)
    create(actor)

    assert Task.objects.filter(key=None).count() == 2


def test_an_unknown_job_is_refused(actor):
    with pytest.raises(UnknownJob, match=r"No job is called os\.system"):
        create(actor, celery_task_name="os.system")


@pytest.mark.parametrize(
    "fields",
    [{"args": []}, {"args": [1, 2, 3]}, {"kwargs": {"nonsense": 1}}, {"kwargs": {"seconds": 1}}],
    ids=str,
)
def test_arguments_that_do_not_fit_the_job_are_refused(actor, fields):
    with pytest.raises(ArgumentsDoNotFit, match="do not fit"):
        create(actor, **fields)


BAD = [
    ("name", ""),
    ("name", None),
    ("name", "n" * 201),
    ("name", "a\0b"),
    ("name", "\ud800"),
    ("description", "\x07"),
    ("description", None),
    ("task_type", "t" * 101),
    ("tags", "word"),
    ("tags", None),
    ("tags", {}),
    ("tags", [""]),
    ("tags", ["t" * 51]),
    ("tags", [1]),
    ("tags", ["t"] * 21),
    ("tags", ["a\0"]),
    ("args", {}),
    ("args", None),
    ("args", ""),
    ("args", ["a\0b"]),
    ("args", ["\ud800"]),
    ("args", [float("nan")]),
    ("args", ["x" * 70_000]),
    ("kwargs", []),
    ("kwargs", None),
    ("kwargs", {"param": float("inf")}),
    ("priority", 0),
    ("priority", "urgent"),
    ("priority", None),
    ("queue", "a b"),
    ("queue", "q" * 101),
    ("time_limit", 0),
    ("time_limit", -1),
    ("time_limit", "soon"),
    ("time_limit", 40_000_000),
    ("soft_time_limit", 0),
    ("max_retries", -1),
    ("max_retries", 1001),
    ("retry_backoff", -1),
    ("retry_backoff_max", None),
    ("retry_jitter", "perhaps"),
    ("expires_after", 0),
    ("on_lost", "shrug"),
    ("on_lost", None),
    ("enabled", "perhaps"),
    ("celery_task_name", ""),
]


@pytest.mark.parametrize("field, value", BAD, ids=[f"{f}-{n}" for n, (f, _) in enumerate(BAD)])
def test_a_bad_value_is_told_by_its_field_and_nothing_is_written(actor, field, value):
    with pytest.raises(Invalid) as refusal:
        create(actor, **{"key": "k", field: value})

    assert list(refusal.value.errors) == [field]
    assert not Task.objects.exists()
    assert not Event.objects.exists()


def test_a_soft_limit_comes_before_the_hard_one(actor):
    with pytest.raises(Invalid) as refusal:
        create(actor, soft_time_limit=60, time_limit=60)

    assert list(refusal.value.errors) == ["soft_time_limit"]


def test_every_bad_field_is_told_at_once(actor):
    with pytest.raises(Invalid) as refusal:
        create(actor, name="", queue="a b", expires_after=0)

    assert set(refusal.value.errors) == {"name", "queue", "expires_after"}


def test_a_superuser_may_create_for_somebody_else(root, ada):
    task, execution = create(Actor(root), owner=ada)

    assert (task.owner, execution.owner_id) == (ada, ada.pk)
    assert execution.triggered_by == root
    assert told_of(task) == ["create"]


def test_nobody_else_may(actor, bob):
    with pytest.raises(Invalid, match="Only a superuser"):
        create(actor, owner=bob)

    assert not Task.objects.exists()


@pytest.mark.parametrize("field", ["owner_id", "version", "no_such_field"])
def test_a_task_is_not_created_with_what_is_not_for_people_to_say(actor, field):
    with pytest.raises(Invalid, match="not created with this"):
        create(actor, **{field: 7})
