"""The end of an attempt while the database is away: kept, repeated, delivered, counted."""

import os
from typing import Any
from uuid import uuid4

import pytest

from tasks_app import lifecycle, registry
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.models import Counter, TaskExecution
from tasks_app.models.connection import steady
from tasks_app.runtime import processes, settling, spool, words
from tasks_app.runtime.delivering import deliver_spooled
from tasks_app.runtime.running import Running
from tasks_app.runtime.settling import settle
from tasks_app.runtime.tally import Tally
from tasks_app.states import Status
from tasks_app.tests.outages import a_lost_answer, an_outage
from tasks_app.tests.runs import a_claim, a_run, now_of, the_claim_on

# A connection that fails is dropped, also one with the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_patience(settings, tmp_path, monkeypatch) -> None:
    settings.VAR_DIR = tmp_path
    settings.LEASE_SECONDS = 0.1
    monkeypatch.setattr(settling, "PATIENCE_OF_MAIN_PROCESS", 0.0)


@pytest.fixture
def tally(monkeypatch) -> Tally:
    counted = Tally()
    monkeypatch.setattr(settling, "tally", counted)
    return counted


def counted(tally: Tally) -> dict[str, int]:
    """What the ends of attempts add; a loss adds more."""
    tally.flush()
    ours = Counter.objects.filter(name__in=("fenced", "spooled", "delivered_later"))
    return dict(ours.values_list("name", "value"))


def in_child(run: TaskExecution) -> Any:
    """The request of an attempt, as the child that runs it has it."""
    claim = a_claim(run)
    return {"running": Running(claim, now_of(run), 0.0)}


def claim_in(request: Any) -> Claim:
    claim: Claim = request["running"].claim
    return claim


def test_with_a_database_the_disk_is_not_touched(tmp_path):
    run = a_run()
    request = in_child(run)

    assert settle(request, words.success(claim_in(request), 3))

    assert list(tmp_path.iterdir()) == []


def test_an_outcome_is_on_disk_before_it_is_tried_again(monkeypatch):
    run = a_run()
    request = in_child(run)
    kept_when_repeated = []

    def watched(move, *, patience):
        kept_when_repeated.append((patience > 0, len(spool.waiting())))
        return steady(move, patience=patience)

    monkeypatch.setattr(settling, "steady", watched)
    with an_outage(statements=1):
        assert settle(request, words.success(claim_in(request), 3))

    assert kept_when_repeated == [(False, 0), (True, 1)]
    assert spool.waiting() == []
    assert now_of(run).result == 3


def test_what_was_told_of_progress_does_not_keep_an_outcome_from_the_disk():
    run = a_run()
    request = in_child(run)
    request["running"]._reported_at = float("inf")
    request["running"].report(40, "nearly", {})

    with an_outage():
        assert not settle(request, words.success(claim_in(request), 3))

    assert len(spool.waiting()) == 1
    assert request["running"]._unsent.percent == 40


def test_an_outcome_that_was_kept_is_delivered_when_the_database_is_back(tally):
    run = a_run()
    request = in_child(run)
    with an_outage():
        assert not settle(request, words.success(claim_in(request), {"rows": 3}))
        deliver_spooled()
    assert now_of(run).status == "started"

    deliver_spooled()

    assert (now_of(run).status, now_of(run).result) == ("success", {"rows": 3})
    assert spool.waiting() == []
    assert counted(tally) == {"spooled": 1, "delivered_later": 1}


def test_a_kept_word_of_a_run_that_was_declared_lost_changes_nothing(tally):
    run = a_run()
    request = in_child(run)
    with an_outage():
        settle(request, words.success(claim_in(request), 3))
    lifecycle.lose(claim_in(request))

    deliver_spooled()

    assert (now_of(run).status, now_of(run).reason) == ("failure", "lost")
    assert spool.waiting() == []
    assert counted(tally) == {"spooled": 1}


def test_a_kept_word_of_an_attempt_that_was_overtaken_changes_nothing():
    run = a_run(on_lost="retry")
    request = in_child(run)
    with an_outage():
        settle(request, words.success(claim_in(request), 3))
    lifecycle.lose(claim_in(request))
    TaskExecution.objects.update(run_at="2000-01-01T00:00Z")
    a_claim(run)

    deliver_spooled()

    assert (now_of(run).status, now_of(run).attempt, now_of(run).result) == ("started", 2, None)


def test_a_word_that_somebody_else_delivered_meanwhile_counts(monkeypatch, tally):
    """The row may have moved on: then the word, said again, would seem to come late."""
    run = a_run()
    request = in_child(run)
    word = words.retry(claim_in(request), 0.0, lifecycle.Failing("E: e", "E"))

    def delivered_by_another(token):
        monkeypatch.undo()
        spool.remove(token)
        return False

    monkeypatch.setattr(spool, "remove", delivered_by_another)
    assert settling.was_heard(word, False)
    assert counted(tally) == {}


def test_a_lost_answer_does_not_make_a_second_outcome():
    run = a_run()
    request = in_child(run)

    with a_lost_answer():
        assert settle(request, words.success(claim_in(request), 3))

    assert now_of(run).status == "success"
    assert spool.waiting() == []


def test_what_follows_a_success_is_submitted_when_it_is_delivered(monkeypatch):
    followed = []
    monkeypatch.setattr(registry, "what_follows", lambda row, value: followed.append(value))
    run = a_run(envelope={"link": [{"task": "next"}]})
    request = in_child(run)
    with an_outage():
        settle(request, words.success_to_pass_on(claim_in(request), "***", "secret"))

    deliver_spooled()
    deliver_spooled()

    assert (now_of(run).result, followed) == ("***", ["secret"])


def test_a_success_whose_followers_are_refused_later_is_a_failure(monkeypatch):
    def refuse(row, value):
        if value:
            raise ValueError("no such job")

    monkeypatch.setattr(registry, "what_follows", refuse)
    run = a_run(envelope={"link": [{"task": "next"}]})
    request = in_child(run)
    with an_outage():
        settle(request, words.success_to_pass_on(claim_in(request), 3, 3))

    deliver_spooled()

    assert (now_of(run).status, now_of(run).error) == ("failure", "ValueError: no such job")
    assert spool.waiting() == []


def test_an_error_of_what_follows_leaves_nothing_behind(monkeypatch):
    def refuse(row, value):
        raise ValueError("no such job")

    monkeypatch.setattr(registry, "what_follows", refuse)
    run = a_run(envelope={"link": [{"task": "next"}]})
    request = in_child(run)

    with an_outage(statements=1), pytest.raises(ValueError, match="no such job"):
        settle(request, words.success_to_pass_on(claim_in(request), 3, 3))

    assert spool.waiting() == []


def test_what_a_dead_process_left_half_written_is_removed_with_the_next_delivery(tmp_path):
    half = tmp_path / "spool" / f"{uuid4()}.half-1"
    half.parent.mkdir()
    half.write_text("{")
    os.utime(half, (0, 0))

    deliver_spooled()

    assert not half.exists()


@pytest.mark.parametrize("content", ["", '{"version": 1', "\x00\xff"])
def test_a_broken_file_stops_none_of_the_others(content):
    run = a_run()
    request = in_child(run)
    with an_outage():
        settle(request, words.success(claim_in(request), 3))
    [good] = spool.waiting()
    broken = good.with_name("00000000-0000-0000-0000-000000000000.json")
    broken.write_text(content)

    deliver_spooled()

    assert now_of(run).status == "success"
    assert broken.with_suffix(".aside").read_text() == content
    assert broken.with_suffix(".error").exists()


def test_a_word_that_the_database_refuses_stops_none_of_the_others(monkeypatch):
    runs = [a_run(), a_run()]
    requests = [in_child(run) for run in runs]
    with an_outage():
        for request in requests:
            settle(request, words.success(claim_in(request), 3))
    [first, _] = spool.waiting()
    refused = spool.read(first).claim.id
    said = lifecycle.succeed

    def succeed(results):
        if results[0][0].id == refused:
            raise ValueError("unheard of")
        return said(results)

    monkeypatch.setattr(lifecycle, "succeed", succeed)
    deliver_spooled()

    assert sorted(now_of(run).status for run in runs) == ["started", "success"]
    assert first.with_suffix(".aside").exists()


class TestInTheMainProcess:
    """It has the token only, and one loop for everything."""

    @pytest.fixture(autouse=True)
    def _main(self, monkeypatch):
        monkeypatch.setattr(processes._Main, "pid", os.getpid())

    def test_what_the_child_left_behind_stands_against_its_loss(self):
        run = a_run(on_lost="retry")
        request = in_child(run)
        with an_outage():
            settle(request, words.success(claim_in(request), 3))

        assert settle({}, words.loss(claim_in(request)))

        assert (now_of(run).status, now_of(run).result) == ("success", 3)
        assert spool.waiting() == []

    def test_a_success_that_the_child_left_and_whose_followers_are_refused_is_a_failure(
        self, monkeypatch
    ):
        def refuse(row, value):
            if value:
                raise ValueError("no such job")

        monkeypatch.setattr(registry, "what_follows", refuse)
        run = a_run(on_lost="retry", envelope={"link": [{"task": "next"}]})
        request = in_child(run)
        with an_outage():
            settle(request, words.success_to_pass_on(claim_in(request), 3, 3))

        assert settle({}, words.loss(claim_in(request)))

        assert (now_of(run).status, now_of(run).error) == ("failure", "ValueError: no such job")
        assert spool.waiting() == []

    def test_what_it_decides_in_an_outage_is_kept(self):
        run = a_run(Status.STARTED, on_lost="retry")
        with an_outage():
            assert not settle({}, words.give_back(the_claim_on(run)))

        deliver_spooled()

        assert now_of(run).status == "pending"

    def test_a_run_that_ended_in_time_is_given_back_in_silence(self, caplog):
        run = a_run(Status.STARTED)
        lifecycle.succeed([(the_claim_on(run), 3)])

        assert not settle({}, words.give_back(the_claim_on(run)))

        assert "is not written" not in caplog.text


def test_a_zombies_word_is_counted(tally):
    run = a_run()
    request = in_child(run)
    lifecycle.lose(claim_in(request))

    assert not settle(request, words.success(claim_in(request), 3))

    assert counted(tally) == {"fenced": 1}


def test_the_word_of_a_run_that_somebody_ended_is_no_zombies(tally):
    run = a_run()
    request = in_child(run)
    lifecycle.settle(
        run.pk, Status.FAILURE, Canceller(None), progress=None, result=None, error="by hand"
    )

    assert not settle(request, words.success(claim_in(request), 3))

    assert counted(tally) == {}


def test_what_was_counted_and_not_written_is_kept(tally):
    tally.add("fenced", 2)
    with an_outage(), pytest.raises(Exception, match="away"):
        tally.flush()

    assert counted(tally) == {"fenced": 2}
    assert counted(tally) == {"fenced": 2}


def test_counting_nothing_costs_no_statement(tally, django_assert_num_queries):
    with django_assert_num_queries(0):
        tally.flush()
