"""What a beat and a worker see of each other, and of the queues."""

from types import SimpleNamespace

import pytest
from django.db.models.functions import Now

from config import celery_app
from tasks_app.maintenance import WatchOverBeats, make_watch
from tasks_app.maintenance.canary import call_canaries
from tasks_app.models import Alarm, Beat, Control, Pause, TaskExecution, Worker
from tasks_app.states import Reason
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.machinery import a_beat, a_worker

pytestmark = pytest.mark.django_db
QUIET = {"default": 100.0}


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """A broker that lives in this process."""
    monkeypatch.setattr(celery_app.conf, "broker_url", "memory://")


@pytest.fixture
def clock(monkeypatch):
    """The clock by which a process knows whether it looked without a gap."""
    clock = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr(
        "tasks_app.maintenance.watching.time", SimpleNamespace(time=lambda: clock.now)
    )
    return clock


@pytest.fixture
def look(clock):
    """A beat that looks, after looks enough for silence to mean something."""
    watch = make_watch("watcher", 5)

    def look():
        for _ in range(3):
            watch()
            clock.now += 5
        return {(alarm.kind, alarm.subject) for alarm in Alarm.objects.open()}

    return look


def a_living_beat(name="beat@here"):
    """What looks lives itself."""
    Beat.objects.filter(name=name).delete()
    a_beat(name)


def test_a_fresh_installation_has_no_alarm(look):
    assert look() == set()


def test_all_alive_and_nothing_waiting_is_no_alarm(look):
    a_worker(quiet={"default": 1.0})
    a_beat()

    assert look() == set()


def test_a_worker_that_fell_silent_is_an_alarm_until_it_is_heard_again(look):
    a_worker("w@here")
    age(20)
    a_living_beat()

    assert look() == {("worker_silent", "w@here")}
    alarm = Alarm.objects.get()
    assert "w@here fell silent" in alarm.sentence
    assert "start it again" in alarm.advice

    Worker.objects.update(seen_at=Now())
    assert look() == set()


def test_a_worker_that_said_goodbye_is_none(look):
    a_worker(stopped_at=Now())
    age(20)

    assert look() == set()


def test_a_worker_within_three_heartbeats_is_none(look):
    a_worker()
    age(13)

    assert look() == set()


@pytest.mark.parametrize("minutes, served, alarmed", [(9, True, True), (11, True, False)])
def test_a_silent_worker_is_gone_after_ten_minutes_where_others_serve_its_queues(
    look, minutes, served, alarmed
):
    a_worker("gone@here")
    age(minutes * 60)
    a_worker("other@here")

    assert (("worker_silent", "gone@here") in look()) is alarmed


@pytest.mark.parametrize("hours, alarmed", [(23, True), (25, False)])
def test_one_whose_queue_nobody_else_serves_is_gone_after_a_day(look, hours, alarmed):
    a_worker("gone@here", ("special",))
    age(hours * 3600)
    a_worker("other@here")

    assert (("worker_silent", "gone@here") in look()) is alarmed


def test_a_beat_that_fell_silent_is_told_by_another_for_ten_minutes(look):
    a_beat("other")
    a_beat("silent")
    age(20)
    Beat.objects.filter(name="other").update(seen_at=Now(), swept_at=Now())

    assert look() == {("beat_silent", "silent")}
    age(600)
    Beat.objects.filter(name="other").update(seen_at=Now(), swept_at=Now())
    assert look() == set()


def test_a_beat_that_was_replaced_is_no_alarm(look):
    a_beat("silent")
    age(20)
    a_beat("new")

    assert look() == set()


def test_a_beat_whose_reaper_hangs_is_told_by_another(look):
    a_beat("hangs")
    a_beat("works")
    age(20)
    Beat.objects.update(seen_at=Now())
    Beat.objects.filter(name="works").update(swept_at=Now())

    assert look() == {("beat_silent", "hangs")}
    assert "reaper looks no more" in Alarm.objects.get().sentence


def test_ticks_that_are_fired_late_are_an_alarm(look):
    a_beat("late", lag=11)
    a_beat("punctual", lag=9)

    assert look() == {("ticks_late", "late")}


def test_a_broker_that_is_away_is_an_alarm_without_its_address(look, monkeypatch):
    def refuse():
        raise OSError("redis://10.0.0.7 refused")

    monkeypatch.setattr("tasks_app.broker.check", refuse)

    assert look() == {("broker_down", "")}
    assert "10.0.0.7" not in Alarm.objects.get().sentence


def test_due_runs_on_a_queue_without_a_worker_are_an_alarm(look):
    a_worker("w@here", ("other",))
    a_run(queue="default")
    age(16)
    Worker.objects.update(seen_at=Now())

    assert look() == {("queue_unserved", "default")}
    assert "celery -A config worker -Q default" in Alarm.objects.get().advice


@pytest.mark.parametrize(
    "columns",
    [
        {"run_at": "2100-01-01T00:00Z"},
        {"run_at": None},
        {"reason": Reason.PAUSED},
        {"status": "started"},
        {"status": "success"},
    ],
    ids=["later", "buffered", "held", "running", "over"],
)
def test_runs_that_do_not_wait_for_a_worker_are_none(look, columns):
    a_run(**{"queue": "default"} | columns)
    age(16)

    assert look() == set()


def test_runs_that_wait_for_some_seconds_are_none(look):
    a_run(queue="default")
    age(10)

    assert look() == set()


@pytest.mark.parametrize("subject", ["everything", "queue:default"])
def test_a_paused_queue_is_none(look, subject):
    a_run(queue="default")
    age(16)
    Pause.objects.create(subject=subject)

    assert look() == set()


def an_old_run(**worker):
    """A run that is due for 31 s, and a worker of its queue."""
    a_run(queue="default")
    age(31)
    a_worker(**worker)


def test_a_worker_with_room_that_takes_nothing_is_an_alarm(look):
    an_old_run(quiet=QUIET)

    assert look() == {("queue_not_taken", "default")}
    alarm = Alarm.objects.get()
    assert alarm.sentence.startswith("Worker w@here is connected but takes nothing")
    assert alarm.advice.startswith("Restart it")


@pytest.mark.parametrize(
    "worker",
    [
        {"quiet": QUIET, "held": ["a", "b"]},
        {"quiet": {"default": 20.0}},
        {"quiet": None},
    ],
    ids=["busy", "just got something", "of a release before"],
)
def test_a_worker_that_is_busy_or_takes_others_is_none(look, worker):
    an_old_run(**worker)

    assert look() == set()


def test_while_the_broker_is_away_no_worker_is_called_deaf(look, monkeypatch):
    def refuse():
        raise OSError

    an_old_run(quiet=QUIET)
    monkeypatch.setattr("tasks_app.broker.check", refuse)

    assert look() == {("broker_down", "")}


def test_a_quiet_queue_gets_its_canary(look):
    a_worker(quiet=QUIET)

    assert look() == set()
    assert TaskExecution.objects.queues() == ["default"]


def test_while_the_broker_is_away_there_is_no_canary(look, monkeypatch):
    def refuse():
        raise OSError

    a_worker(quiet=QUIET)
    monkeypatch.setattr("tasks_app.broker.check", refuse)
    look()

    assert not TaskExecution.objects.exists()


def test_a_canary_alone_misses_no_worker(look):
    call_canaries({"default"})
    age(16)

    assert look() == set()
    assert not TaskExecution.objects.exists()


def test_runs_near_a_cap_are_an_alarm(look, settings, ada):
    settings.WAITING_RUNS_MAX, settings.WAITING_RUNS_PER_OWNER_MAX = 1000, 100
    counted = {"all": 800, "owners": {str(ada.pk): 80, "4711": 79}}
    Control.objects.update(waiting=counted, waiting_at=Now())

    assert look() == {("near_cap", ""), ("near_cap", f"owner:{ada.pk}")}
    told = " ".join(alarm.sentence for alarm in Alarm.objects.all())
    assert "ada has over 80% of the 100 runs" in told
    Control.objects.update(waiting={"all": 799, "owners": {}})
    assert look() == set()


def test_an_idle_look_costs_few_statements(look, django_assert_max_num_queries):
    a_worker(quiet={"default": 1.0})
    a_beat()
    look()

    # Three looks, and the test's own.
    with django_assert_max_num_queries(3 * 6 + 1):
        look()


def test_after_a_gap_in_its_looks_nobodys_silence_counts(look, clock):
    look()
    clock.now += 600
    a_worker()
    age(600)
    watch = make_watch("another", 5)

    watch()
    clock.now += 5
    watch()
    assert not Alarm.objects.exists()
    clock.now += 5
    watch()
    assert Alarm.objects.exists()


class TestAWorkersLook:
    @pytest.fixture
    def look(self, clock):
        watch = WatchOverBeats("w@here")

        def look():
            for _ in range(3):
                watch.look()
                clock.now += 5
            return [alarm.kind for alarm in Alarm.objects.open()]

        return look

    def test_without_any_beat_ever_there_is_nothing_to_miss(self, look):
        assert look() == []

    def test_no_living_beat_is_an_alarm_until_one_lives(self, look):
        a_beat("frozen")
        age(11)

        assert look() == ["no_beat"]
        assert "Start a beat" in Alarm.objects.get().advice

        a_beat("new", swept_at=None)
        assert look() == []

    def test_a_beat_that_said_goodbye_is_missed_too(self, look):
        a_beat(stopped_at=Now())
        age(11)

        assert look() == ["no_beat"]

    def test_a_beat_that_ticks_but_sweeps_no_more_is_another_alarm(self, look):
        a_beat()
        age(11)
        Beat.objects.update(seen_at=Now())

        assert look() == ["no_reaper"]

    def test_it_costs_one_statement_while_a_beat_lives(self, look, django_assert_num_queries):
        a_beat()
        look()

        # Three looks, and the test's own.
        with django_assert_num_queries(3 + 1):
            look()

    def test_what_another_worker_raised_is_ended_by_one_that_lives(self, look):
        Alarm.objects.create(kind="no_beat", sentence="No beat.", raised_by="dead@here")
        age(60)
        a_beat()

        assert look() == []
