"""What a task says of tries, cancels and twins: kept as said, refused with a sentence."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.exceptions import Invalid
from tasks_app.models import Task
from tasks_app.registry import PRUNING
from tasks_app.services import Actor
from tasks_app.states import UniqueRuns
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db
TAKES_ANYTHING = "tasks_app.tests.jobs.take_anything"
TWENTY_ONE = [f"Error{number}" for number in range(21)]
REFUSE = {"unique_runs": "refuse"}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"retry_on": ["No Error"]}, "retry_on", "'No Error' is no name of an error"),
    ({"retry_on": ["requests..Timeout"]}, "retry_on", "is no name of an error"),
    ({"fail_on": [""]}, "fail_on", "is no name of an error"),
    ({"fail_on": TWENTY_ONE}, "fail_on", "list of up to 20 names"),
    ({"fail_on": ["E" * 201]}, "fail_on", "of up to 200 characters"),
    ({"fail_on": "ValueError"}, "fail_on", "Write a list"),
    ({"fail_on": [1]}, "fail_on", "Write a list"),
    ({"fail_on": {}}, "fail_on", "Write a list"),
    ({"retry_on": ["OSError"], "fail_on": ["OSError"]}, "retry_on", "also in fail_on"),
    ({**REFUSE, "unique_keys": ["two words"]}, "unique_keys", "can be no name of an argument"),
    ({**REFUSE, "unique_keys": ["customer"]}, "unique_keys", "takes no argument called customer"),
    ({"unique_keys": ["seconds"]}, "unique_keys", "It needs unique_runs"),
    ({"unique_for": 60}, "unique_for", "It needs unique_runs"),
    ({**REFUSE, "interval": 60, "overlap": "cancel_other"}, "unique_runs", "excluded by the run"),
    ({**REFUSE, "unique_for": 0}, "unique_for", "greater than or equal to 1"),
    ({"unique_runs": "perhaps"}, "unique_runs", "not a valid choice"),
    ({"cancel_grace": 24 * 3600 + 1}, "cancel_grace", "less than or equal to 86400"),
]


@pytest.mark.parametrize("fields, field, words", REFUSED)
def test_a_policy_that_cannot_be_kept_is_refused_by_its_field(
    ada: User, fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_task(
            Actor(ada), name="x", celery_task_name=JOB, args=[1], start="manual", **fields
        )

    [sentence] = refusal.value.errors[field]
    assert words in sentence
    assert not Task.objects.exists()


def test_what_prunes_the_ledger_is_a_task_of_superusers_only(ada: User, root: User) -> None:
    of_ada = a_task(ada)
    refused: list[Callable[[], object]] = [
        lambda: services.create_task(Actor(ada), name="x", celery_task_name=PRUNING),
        lambda: services.update_task(Actor(ada), of_ada, celery_task_name=PRUNING, args=[]),
    ]
    for verb in refused:
        with pytest.raises(Invalid, match="Only a superuser's task may prune the ledger"):
            verb()

    services.create_task(Actor(root), name="x", celery_task_name=PRUNING, start="manual")


@pytest.mark.parametrize("field", ["retry_on", "fail_on", "unique_keys"])
def test_a_list_of_names_is_never_null(ada: User, field: str) -> None:
    answer = Program(ada).post("tasks/", {"name": "x", "celery_task_name": JOB, field: None})

    assert_refused(answer, 400, "invalid", field)


def test_the_api_refuses_what_is_no_list_of_texts(ada: User) -> None:
    task = a_task(ada)

    answer = Program(ada).send("PATCH", f"tasks/{task.pk}/", {"retry_on": [1, "E"]})

    assert_refused(answer, 400, "invalid", "retry_on.0")


def test_a_job_that_takes_any_keyword_is_compared_by_any(ada: User) -> None:
    know_the_tests_jobs()

    made = Program(ada).create(
        celery_task_name=TAKES_ANYTHING, args=[], unique_runs="refuse", unique_keys=["customer"]
    )

    assert made["unique_keys"] == ["customer"]


def test_what_makes_runs_unique_cannot_be_taken_away_alone(ada: User) -> None:
    program = Program(ada)
    made = program.create(unique_runs="replace", unique_keys=["seconds"], unique_for=60)

    alone = program.send("PATCH", f"tasks/{made['id']}/", {"unique_runs": ""})
    assert_refused(alone, 400, "invalid", "unique_keys", "unique_for")

    nothing = {"unique_runs": "", "unique_keys": [], "unique_for": None}
    assert program.send("PATCH", f"tasks/{made['id']}/", nothing).json()["unique_runs"] == ""


def test_a_run_copies_what_it_will_be_judged_by(ada: User) -> None:
    task = a_task(ada, retry_on=["OSError"], fail_on=[], cancel_grace=7)

    run = services.execute_task(Actor(ada), task)

    run.refresh_from_db()
    assert (run.retry_on, run.fail_on, run.cancel_grace) == (["OSError"], None, 7)


def test_the_form_takes_and_shows_lists_of_names(root: User) -> None:
    staff = Staff(root)

    answer = staff.adds(
        retry_on='["OSError"]', fail_on="", unique_runs="refuse", unique_keys='["param"]',
        unique_for="60", cancel_grace="0",
    )  # fmt: skip

    assert answer.status_code == 302
    task = Task.objects.get()
    assert (task.retry_on, task.fail_on, task.unique_keys) == (["OSError"], [], ["param"])
    assert (task.unique_runs, task.unique_for, task.cancel_grace) == (UniqueRuns.REFUSE, 60, 0)
    assert "[&quot;OSError&quot;]" in staff.reads(f"/task/{task.pk}/change/")


def test_the_form_tells_a_wrong_policy_beside_its_field(root: User) -> None:
    answer = Staff(root).adds(unique_keys='["param"]', fail_on='["a b"]')

    errors = answer.context["adminform"].form.errors
    assert list(errors) == ["fail_on"]
    assert not Task.objects.exists()
