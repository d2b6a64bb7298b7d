"""`revoke_by_stamped_headers` cancels rows too: the stamps of a run lie in its row."""

from typing import Any

import pytest
from celery.app.control import Control

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.tests.canvases import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.runs import now_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_tests_jobs()
    monkeypatch.setattr(Control, "broadcast", lambda *_, **__: None)


def stamped(**stamps: Any) -> TaskExecution:
    call = jobs.add.apply_async((1,), stamped_headers=list(stamps), **stamps)
    return TaskExecution.objects.get(pk=call.id)


@pytest.mark.parametrize(
    "wanted",
    [{"shop": "north"}, {"shop": ["south", "north"]}, {"day": "monday", "shop": "north"}],
)
def test_a_run_with_one_of_the_stamps_is_cancelled(wanted: dict[str, Any]) -> None:
    run, other, plain = stamped(shop="north"), stamped(shop="west"), stamped()

    celery_app.control.revoke_by_stamped_headers(wanted)

    assert [now_of(each).status for each in (run, other, plain)] == [
        "revoked",
        "pending",
        "pending",
    ]


def test_a_run_may_carry_several_stamps_of_a_name() -> None:
    run = stamped(shop=["north", "east"])

    celery_app.control.revoke_by_stamped_headers({"shop": "east"})

    assert now_of(run).status == "revoked"


def test_a_shell_names_them_in_its_own_way() -> None:
    run = stamped(shop="north")

    celery_app.control.broadcast("revoke_by_stamped_headers", {"headers": ["shop=north"]})

    assert now_of(run).status == "revoked"
