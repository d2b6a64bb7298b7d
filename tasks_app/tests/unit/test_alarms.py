"""Alarms: opened once, confirmed while the trouble lasts, ended when it is over."""

import logging
import re
from pathlib import Path

import pytest

from tasks_app.maintenance.alarms import raise_or_end
from tasks_app.models import Alarm
from tasks_app.models.alarm import AlarmKind
from tasks_app.models.counter import MEANING
from tasks_app.reporting.watching import Trouble
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once

pytestmark = pytest.mark.django_db
KIND = "worker_silent"
TROUBLE = Trouble("Worker w fell silent.", "Start it again.")


def see(trouble=TROUBLE, by="beat one", kind=KIND, subject="w"):
    raise_or_end({kind: {subject: trouble} if trouble else {}}, by)


def test_a_trouble_opens_an_alarm_which_is_logged_once(caplog):
    with caplog.at_level(logging.INFO):
        see()
        see()

    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.subject, alarm.raised_by) == (KIND, "w", "beat one")
    assert (alarm.sentence, alarm.advice, alarm.ended_at) == (*TROUBLE, None)
    [told] = caplog.records
    assert told.levelname == "ERROR"
    assert told.getMessage() == f"alarm={KIND} Worker w fell silent. Start it again."


def test_a_trouble_that_is_gone_ends_its_alarm_which_is_logged_once(caplog):
    see()
    caplog.clear()
    see(None)
    see(None)

    assert Alarm.objects.get().ended_at
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_trouble_that_comes_again_is_a_new_alarm():
    for trouble in (TROUBLE, None, TROUBLE):
        see(trouble)

    assert (Alarm.objects.ended().count(), Alarm.objects.open().count()) == (1, 1)


def test_only_kinds_that_were_looked_at_are_ended():
    see()

    raise_or_end({"broker_down": {}}, "beat one")

    assert Alarm.objects.open().exists()


def test_a_lasting_trouble_is_confirmed_every_ten_seconds_at_most():
    see()
    began = Alarm.objects.get()
    see()
    unmoved = Alarm.objects.get()
    age(11)
    see()

    assert unmoved.seen_at == began.seen_at
    confirmed = Alarm.objects.get()
    assert confirmed.seen_at > confirmed.raised_at


def test_what_is_said_may_change_while_it_lasts():
    see()
    see(Trouble("Worker w is deaf.", "Restart it."))

    assert Alarm.objects.get().sentence == "Worker w is deaf."


def test_what_another_process_still_sees_is_not_ended():
    see(by="beat one")
    see(None, by="beat two")

    assert Alarm.objects.open().exists()


def test_what_nobody_sees_any_more_is_ended_by_whoever_looks():
    see(by="beat one")
    age(18)
    see(None, by="beat two")

    assert not Alarm.objects.open().exists()


def test_a_look_that_changes_nothing_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        raise_or_end({"broker_down": {}, KIND: {}}, "beat one")


@pytest.mark.django_db(transaction=True)
def test_of_several_processes_at_once_one_opens_it_and_tells(caplog):
    with caplog.at_level(logging.INFO):
        answers = at_once(lambda beat: see(by=beat), [f"beat {number}" for number in range(4)])

    assert answers == [None] * 4
    assert Alarm.objects.count() == 1
    assert len(caplog.records) == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_processes_at_once_one_ends_it_and_tells(caplog):
    see()
    age(18)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        at_once(lambda beat: see(None, by=beat), [f"beat {number}" for number in range(4)])

    assert not Alarm.objects.open().exists()
    assert len(caplog.records) == 1


def test_every_kind_of_alarm_and_every_counter_is_explained_and_no_other():
    page = (Path(__file__).resolve().parents[3] / "docs" / "production.md").read_text()
    watching = page.partition("## What Belfry watches by itself")[2].partition("\n## ")[0]
    counters = watching.partition("**Counters**")[2].partition("\n\n")[0].partition("happened:")[2]

    assert set(re.findall(r"^\| `(\w+)` \|", watching, re.MULTILINE)) == set(AlarmKind.values)
    assert set(re.findall(r"`(\w+)`", counters)) == MEANING.keys()
