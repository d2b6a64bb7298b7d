"""In whatever order things break: each run has one explained end, and nobody else's word counts."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tasks_app.tests.unit.lifecycle_machine import Ledger

pytestmark = pytest.mark.django_db


def test_in_any_order_nothing_is_lost_and_nothing_runs_twice() -> None:
    run_state_machine_as_test(
        Ledger, settings=settings(max_examples=20, stateful_step_count=40, derandomize=True)
    )


@pytest.mark.long
def test_in_many_more_orders() -> None:
    run_state_machine_as_test(Ledger, settings=settings(max_examples=300, stateful_step_count=50))
