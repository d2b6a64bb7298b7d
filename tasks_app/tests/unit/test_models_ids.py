"""Identifiers that grow with time (RFC 9562, version 7)."""

import time

from tasks_app.models.ids import uuid7


def test_an_id_is_of_version_7_and_of_the_rfcs_variant():
    for _ in range(100):
        made = uuid7()
        assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_an_id_holds_the_milliseconds_in_which_it_was_made():
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    after = time.time_ns() // 1_000_000

    assert before <= made <= after


def test_later_ids_are_greater(time_machine):
    ids = []
    for second in range(1_700_000_000, 1_700_000_050):
        time_machine.move_to(second)
        ids.append(uuid7())

    assert ids == sorted(ids)


def test_ids_of_one_millisecond_differ(time_machine):
    time_machine.move_to(1_700_000_000, tick=False)

    assert len({uuid7() for _ in range(1000)}) == 1000
