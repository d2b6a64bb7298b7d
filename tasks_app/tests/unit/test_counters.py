"""Counters only grow, whoever counts."""

import pytest

from tasks_app.models import Counter
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once

pytestmark = pytest.mark.django_db


def test_a_new_name_begins_with_what_is_counted():
    Counter.objects.add("fenced", 3)

    assert Counter.objects.get().value == 3


def test_a_known_name_grows_by_one_statement(django_assert_num_queries):
    Counter.objects.add("fenced")
    age(60)
    before = Counter.objects.get()

    with django_assert_num_queries(1):
        Counter.objects.add("fenced", 2)

    counter = Counter.objects.get()
    assert counter.value == 3
    assert counter.counted_at > before.counted_at


def test_nothing_to_count_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        Counter.objects.add("fenced", 0)

    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_count_is_lost_between_processes():
    at_once(lambda number: Counter.objects.add("fenced", number), [1, 2, 3, 4])

    assert Counter.objects.get().value == 10
