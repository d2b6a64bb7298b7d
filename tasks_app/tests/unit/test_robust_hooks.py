"""What is done after a commit: its failure is logged, and neither raises nor stops what follows."""

from typing import Any

import pytest
from celery import Celery
from django.contrib.auth.models import User
from django.db import transaction

from config import celery_app
from tasks_app.runtime.calls import caused_by
from tasks_app.scheduling import edits
from tasks_app.services import Actor, update_task
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run
from tasks_app.tests.schedules import a_scheduled_task

pytestmark = pytest.mark.django_db(transaction=True)


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("out of order")


def test_an_edit_is_made_although_what_follows_its_owed_tick_fails(
    ada: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    task = a_scheduled_task(ada, interval=60)
    age(70)
    monkeypatch.setattr(edits, "write_back", fail)
    ran = []

    with transaction.atomic():
        update_task(Actor(ada), task, interval=90)
        transaction.on_commit(lambda: ran.append("next"))

    assert "out of order" in caplog.text
    assert ran == ["next"]


def test_an_end_stands_although_a_foreign_call_that_follows_it_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Celery, "send_task", fail)
    ran = []

    with transaction.atomic(), caused_by(a_run()):
        celery_app.send_task("elsewhere.job")
        transaction.on_commit(lambda: ran.append("next"))

    assert "out of order" in caplog.text
    assert ran == ["next"]
