"""The tool that races are made with."""

from threading import Barrier

import pytest
from django.db import connection

from tasks_app.tests.rivals import at_once


def test_rivals_run_at_the_same_moment():
    meeting = Barrier(4)

    assert at_once(lambda _: meeting.wait(5) >= 0, range(4)) == [True] * 4


def test_a_refusal_comes_back_as_its_class():
    assert at_once(int, ["one", "2"]) == [ValueError, 2]


@pytest.mark.django_db(transaction=True)
def test_each_rival_has_a_connection_of_its_own():
    meeting = Barrier(3)

    def own_connection(_):
        connection.ensure_connection()
        meeting.wait(5)
        return id(connection.connection)

    assert len(set(at_once(own_connection, range(3)))) == 3
