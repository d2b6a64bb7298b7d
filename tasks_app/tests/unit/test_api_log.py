"""`/api/v1/executions/{id}/log/`."""

import pytest

from tasks_app.models.log_line import PER_ATTEMPT
from tasks_app.states import Status
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.api import Program, assert_refused
from tasks_app.tests.unit.log_lines import lines_of


def test_a_program_follows_a_log(ada):
    run = a_run(Status.STARTED, owner=ada)
    lines_of(run, 2, 3, text="<b>")
    program = Program(ada)

    first = program.get(f"executions/{run.pk}/log/", limit=1).json()
    second = program.get(f"executions/{run.pk}/log/", after=first["after"]).json()

    marker, line = first["lines"]
    assert marker["text"] == "1 line dropped here"
    assert line == {
        "number": PER_ATTEMPT + 2,
        "attempt": 1,
        "at": "2026-01-01T12:00:00Z",
        "level": "INFO",
        "logger": "shop",
        "text": "<b>",
    }
    assert (first["after"], first["final"], first["dropped"]) == (PER_ATTEMPT + 2, False, 1)
    assert [line["number"] for line in second["lines"]] == [PER_ATTEMPT + 3]


def test_reading_on_costs_the_same_however_long_the_log(ada, django_assert_num_queries):
    run = a_run(Status.SUCCESS, owner=ada)
    lines_of(run, *range(1, 30))
    program = Program(ada)

    with django_assert_num_queries(5):  # the token, the run twice, lines, those that are missing
        assert program.get(f"executions/{run.pk}/log/").json()["final"] is True


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "skip=1"])
def test_a_bad_parameter_is_refused_by_its_name(ada, query):
    run = a_run(owner=ada)

    answer = Program(ada).get(f"executions/{run.pk}/log/?{query}")

    assert_refused(answer, 400, "invalid", query.partition("=")[0])
