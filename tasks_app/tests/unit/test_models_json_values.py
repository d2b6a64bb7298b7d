"""What `check_json` accepts can be stored and read back equal, on the database in use."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tasks_app.models import TaskExecution
from tasks_app.models.json_values import DEPTH, check_json
from tasks_app.tests.runs import a_run

ANY_TEXT = st.text(st.characters(exclude_categories=()))
# PostgreSQL keeps numbers as decimals: a float of more digits comes back as a whole number.
NUMBERS = st.integers() | st.floats(-1e15, 1e15) | st.just(float("nan"))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)


def accepts(value, limit=10_000):
    try:
        check_json(value, limit=limit)
    except ValueError:
        return False
    return True


@pytest.mark.django_db
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(value=VALUES)
def test_what_is_accepted_comes_back_equal(value):
    assume(accepts(value))
    run = a_run(kwargs={"value": value})

    [stored] = TaskExecution.objects.filter(pk=run.pk).values_list("kwargs", flat=True)

    assert stored == {"value": value}


def nested(levels):
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


REFUSED = [
    ("no JSON", float("nan")),
    ("no JSON", float("-inf")),
    ("no JSON", {"a": object()}),
    ("no JSON", {1, 2}),
    ("NUL", "a\0b"),
    ("NUL", {"a": [{"\0": 1}]}),
    ("half a character", ["\ud800"]),
    ("half a character", {"\udfff": 1}),
    ("nested deeper than 20", nested(DEPTH + 1)),
    ("nested deeper than 20", {"a": nested(10_000)}),
    ("more than 50", "x" * 49),
]


@pytest.mark.parametrize(
    "why, value", REFUSED, ids=[f"{why} {number}" for number, (why, _) in enumerate(REFUSED)]
)
def test_what_cannot_be_kept_is_refused_with_the_reason(why, value):
    with pytest.raises(ValueError, match=why):
        check_json(value, limit=50)


def test_the_values_of_a_large_text_are_counted_with_those_inside():
    value = {"a": [1, {"b": 2}], "c": [3] * 10}  # the values, their lists, their objects

    check_json(value, limit=100, most=16)
    with pytest.raises(ValueError, match="holds 16 values, more than 15"):
        check_json(value, limit=100, most=15)


ACCEPTED = [None, 0, "", [], {}, "x" * 48, "\\u0000", "\U0001f514", nested(DEPTH), 10**40]


@pytest.mark.parametrize("value", ACCEPTED, ids=lambda value: json.dumps(value)[:12])
def test_what_can_be_kept_is_accepted(value):
    check_json(value, limit=50)
