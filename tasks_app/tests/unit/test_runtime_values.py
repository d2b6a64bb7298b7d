"""What leaves a job: errors, results and delays in a form that the ledger can keep."""

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from hypothesis import given
from hypothesis import strategies as st
from kombu.exceptions import EncodeError

from tasks_app.models import TaskExecution
from tasks_app.runtime.errors import LIMIT, failing
from tasks_app.runtime.processes import ended_by_signal
from tasks_app.runtime.results import storable_result
from tasks_app.runtime.retrying import back_off


def test_dates_ids_and_decimals_are_kept_in_celerys_notation() -> None:
    kept = storable_result([datetime.date(2026, 3, 1), uuid.UUID(int=7), Decimal("1.5")])

    assert [part["__type__"] for part in kept] == ["date", "uuid", "decimal"]


@pytest.mark.parametrize(
    "value",
    [object(), float("inf"), "a\0b", "\ud800", "x" * 2_000_000],
    ids=["object", "infinity", "nul", "half a character", "too long"],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(value: object) -> None:
    with pytest.raises(EncodeError, match="The result cannot be kept"):
        storable_result(value)


def test_an_error_is_one_line_with_its_class() -> None:
    assert failing(KeyError("x")).error == "KeyError: 'x'"
    assert failing(RuntimeError()).error == "RuntimeError"


def test_a_limit_is_told_in_words() -> None:
    assert failing(SoftTimeLimitExceeded()).error.endswith("The soft time limit is over.")
    assert failing(TimeLimitExceeded(3)).error.endswith("The time limit of 3 s is over.")


def test_what_databases_refuse_is_spelled_out() -> None:
    kept = failing(ValueError("nul \0 and half \ud800"))

    assert kept.error == "ValueError: nul \\x00 and half \\ud800"
    kept.traceback.encode()


def test_a_long_traceback_keeps_both_ends() -> None:
    kept = failing(ValueError("end"), "start" + "x" * 3 * LIMIT + "end").traceback

    assert kept.startswith("start")
    assert kept.endswith("end")
    assert "characters left out" in kept
    assert len(kept) < LIMIT + 100


def test_errors_of_different_places_have_different_fingerprints() -> None:
    assert failing(_raised_here()).fingerprint != failing(_raised_there()).fingerprint


def _raised_here() -> BaseException:
    return _caught(lambda: int("x"))


def _raised_there() -> BaseException:
    return _caught(lambda: str({"a": 1}["b"]))


def _caught(act: Callable[[], object]) -> BaseException:
    try:
        act()
    except Exception as error:
        return error
    raise AssertionError


@given(tries=st.integers(0, 10_000), base=st.integers(0, 1000), most=st.integers(0, 10_000))
def test_a_back_off_doubles_up_to_its_cap(tries: int, base: int, most: int) -> None:
    execution = TaskExecution(
        failed_tries=tries, retry_backoff=base, retry_backoff_max=most, retry_jitter=False
    )

    assert back_off(execution) == min(most, base * 2 ** min(tries, 32))


def test_jitter_spreads_over_the_whole_delay() -> None:
    execution = TaskExecution(failed_tries=3, retry_backoff=1, retry_jitter=True)

    delays = [back_off(execution) for _ in range(200)]

    assert 0 <= min(delays) < 2
    assert 6 < max(delays) <= 8


@pytest.mark.parametrize(
    "code, by_signal", [(-241, True), (-253, True), (0, False), (3, False), (None, False)]
)
def test_an_exit_by_signal_is_told_from_one_of_the_job(code: int | None, by_signal: bool) -> None:
    assert ended_by_signal(SystemExit(code)) is by_signal
