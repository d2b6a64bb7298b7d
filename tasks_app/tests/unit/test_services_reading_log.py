"""Reading a log: in order, from where one stopped, with what is missing told."""

import pytest
from django.contrib.auth.models import User

from tasks_app import lifecycle, services
from tasks_app.exceptions import NotFound
from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.models.log_line import PER_ATTEMPT, LogLineQuerySet
from tasks_app.services import Actor, RunLogPage
from tasks_app.states import Status
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.log_lines import lines_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ada: User) -> TaskExecution:
    return a_run(Status.STARTED, owner=ada)


def read(run: TaskExecution, **which: int) -> RunLogPage:
    assert run.owner
    return services.read_log(Actor(run.owner), run, **{"limit": 100, **which})


def read_backwards(run: TaskExecution, **which: int) -> RunLogPage:
    assert run.owner
    return services.read_log_backwards(Actor(run.owner), run, **{"limit": 100, **which})


def texts(page: RunLogPage) -> list[str]:
    return [line.text for line in page.lines]


def test_a_log_is_read_in_its_order_and_on_from_where_one_stopped(run: TaskExecution) -> None:
    lines_of(run, 2, 1, 3)

    page = read(run, limit=2)
    rest = read(run, after=page.after)

    assert (texts(page), texts(rest)) == (["line 1", "line 2"], ["line 3"])
    assert read(run, after=rest.after).lines == []
    assert read(run, after=rest.after).after == rest.after


def test_the_lines_of_other_runs_are_others(run: TaskExecution, ada: User) -> None:
    lines_of(a_run(owner=ada), 1)

    assert read(run).lines == []


def test_what_is_missing_is_told_where_it_is_missing(run: TaskExecution) -> None:
    lines_of(run, 901, 902, 905)

    page = read(run)

    said = ["900 lines dropped here", "line 901", "line 902", "2 lines dropped here", "line 905"]
    assert texts(page) == said
    assert page.dropped == 902
    numbers = [line.number for line in page.lines]
    assert numbers == sorted(set(numbers))


def test_one_missing_line_is_told_in_the_singular(run: TaskExecution) -> None:
    lines_of(run, 2)

    assert texts(read(run))[0] == "1 line dropped here"


def test_a_marker_is_told_once_to_who_reads_on(run: TaskExecution) -> None:
    lines_of(run, 1, 5)

    page = read(run, limit=1)

    assert texts(read(run, after=page.after)) == ["3 lines dropped here", "line 5"]
    assert texts(read(run, after=PER_ATTEMPT + 4)) == ["line 5"]


def test_between_two_attempts_nothing_is_missing(run: TaskExecution) -> None:
    lines_of(run, 1, 2)
    lines_of(run, 1, attempt=2)
    lines_of(run, 3, attempt=3)

    page = read(run)

    assert [(line.attempt, line.text) for line in page.lines][2:] == [
        (2, "line 1"), (3, "2 lines dropped here"), (3, "line 3"),
    ]  # fmt: skip
    assert page.dropped == 2


@pytest.mark.parametrize(
    "status, final", [(Status.STARTED, False), (Status.RETRY, False), (Status.FAILURE, True)]
)
def test_a_reader_is_told_when_no_lines_will_come(ada: User, status: Status, final: bool) -> None:
    assert read(a_run(status, owner=ada)).final is final


def test_a_run_that_ends_while_it_is_read_is_not_called_final_too_early(
    run: TaskExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends_meanwhile(lines: LogLineQuerySet, after: int) -> LogLineQuerySet:
        assert run.claim_token
        lifecycle.succeed([(Claim(run.pk, run.claim_token), None)])
        return lines

    monkeypatch.setattr(LogLineQuerySet, "after", ends_meanwhile)

    assert read(run).final is False


def test_the_newest_lines_are_found_from_the_end(run: TaskExecution) -> None:
    lines_of(run, 1, 2, 3, 4, 6)

    newest = read_backwards(run, limit=2)
    before = read_backwards(run, limit=2, before=newest.lines[0].number)

    assert (texts(newest), newest.earlier) == (["line 4", "1 line dropped here", "line 6"], True)
    assert (texts(before), before.earlier) == (["line 2", "line 3"], True)
    assert read_backwards(run, limit=5).earlier is False


def test_a_marker_at_the_head_of_a_page_is_no_reason_to_miss_what_is_before_it(
    run: TaskExecution,
) -> None:
    lines_of(run, 1, 5)

    newest = read_backwards(run, limit=1)
    assert texts(newest) == ["3 lines dropped here", "line 5"]

    assert texts(read_backwards(run, limit=1, before=newest.lines[0].number)) == ["line 1"]


def test_a_stranger_reads_nothing(run: TaskExecution, bob: User) -> None:
    for reading in (services.read_log, services.read_log_backwards):
        with pytest.raises(NotFound):
            reading(Actor(bob), run, limit=1)
