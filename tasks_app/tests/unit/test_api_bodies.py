"""Bodies: strict JSON, bounded, and never a 500 for anything that is sent."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks_app.api.exceptions import BadJSON
from tasks_app.api.parsers import LIMIT, read_json
from tasks_app.api.serializers.bodies import NewExecution, NewTask
from tasks_app.api.serializers.bodies_of_schedules import NewBackfill, NewPreview, OneTick
from tasks_app.models import Task, TaskExecution
from tasks_app.models.json_values import check_json
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.api import Program, assert_refused


def nested(depth: int) -> str:
    return '{"args": ' + "[" * depth + "]" * depth + "}"


BAD = {
    "nothing but a name": b"name",
    "cut off": b'{"name": "x"',
    "two values": b"{} {}",
    "a comment": b"{} // x",
    "an array": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "NaN": b'{"countdown": NaN}',
    "minus infinity": b'{"countdown": -Infinity}',
    "a number beyond doubles": b'{"countdown": 1e400}',
    "an integer beyond 2^53": b'{"countdown": 9007199254740993}',
    "a negative one": b'{"countdown": -9007199254740993}',
    "an endless integer": b'{"countdown": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"name": "a", "name": "b"}',
    "a key twice, deep inside": b'{"kwargs": {"a": [{"b": 1, "b": 2}]}}',
    "NUL": rb'{"name": "a\u0000b"}',
    "NUL in a key": rb'{"a\u0000b": 1}',
    "a lone surrogate": rb'{"name": "\ud800"}',
    "a lone surrogate in a key": rb'{"\udc00": 1}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "Latin-1": '{"name": "ä"}'.encode("latin-1"),
    "deep": nested(21).encode(),
    "deeper": nested(900).encode(),
    "bottomless": nested(50_000).encode(),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_json_is_refused_with_a_sentence_and_changes_nothing(ada, kind):
    answer = Program(ada).post("tasks/", BAD[kind])

    assert_refused(answer, 400, "bad_json")
    assert not Task.objects.exists()


@pytest.mark.parametrize("kind", ["bottomless", "a key twice", "an endless integer"])
def test_bad_json_is_refused_wherever_a_body_may_be(ada, kind):
    task = a_task(ada)

    for verb in ("execute", "cancel"):
        assert_refused(Program(ada).post(f"tasks/{task.pk}/{verb}/", BAD[kind]), 400, "bad_json")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'"' + b'\\"' * 120_000,
        b'{"k": ' + b"9" * 200_000 + b"}",
        b"{" + b",".join(b'"%d":1' % n for n in range(20_000)) + b',"19999":1}',
    ],
)
def test_hostile_json_is_refused_at_once(body):
    start = time.thread_time()

    with pytest.raises(BadJSON):
        read_json(body)

    assert time.thread_time() - start < 1


def test_the_largest_integers_and_the_deepest_nesting_are_taken():
    body = {"n": [2**53, -(2**53), 1e308], "deep": json.loads(nested(18))["args"]}

    assert read_json(json.dumps(body).encode()) == body


def test_nesting_of_any_depth_is_refused_also_where_no_parser_was_before():
    deep: list[Any] = []
    deep.append(deep)

    with pytest.raises(ValueError, match="deeper than 20"):
        check_json(deep, limit=LIMIT)


def test_a_body_is_256_kib_at_most(ada):
    body = b'{"name": "' + b"x" * LIMIT + b'"}'

    assert_refused(Program(ada).post("tasks/", body), 413, "too_large")


def test_a_body_of_many_megabytes_is_refused_in_the_same_shape(ada):
    assert_refused(Program(ada).post("tasks/", b" " * 5_000_000), 413, "too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "json",
        "application/json5",
    ],
)
def test_only_json_is_read(ada, content_type):
    answer = Program(ada).post("tasks/", b'{"name": "x"}', content_type)

    assert_refused(answer, 415, "unsupported_media_type")


def test_a_packed_body_is_not_unpacked(ada):
    program = Program(ada, **{"Content-Encoding": "gzip"})

    assert_refused(program.post("tasks/", {"name": "x"}), 415, "unsupported_media_type")


def test_a_body_in_chunks_is_refused_and_not_taken_for_an_empty_one(ada):
    task = a_task(ada)
    program = Program(ada, **{"Transfer-Encoding": "chunked"})

    answer = program.client.generic(
        "POST", f"/api/v1/tasks/{task.pk}/execute/", headers=program.headers
    )

    assert_refused(answer, 411, "length_required")
    assert not TaskExecution.objects.exists()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def bodies(form):
    fields = st.sampled_from([*form().fields, "unknown"])
    task = {"name": "n", "celery_task_name": JOB, "args": [1], "start": "manual"}
    day = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "dry_run": True}
    base = {NewTask: task, NewPreview: {"crontab_minute": "0"}, NewBackfill: day}.get(form, {})
    return st.builds(dict.__or__, st.just(base), st.dictionaries(fields, ANY_JSON, max_size=2))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    new_task=bodies(NewTask),
    new_run=bodies(NewExecution),
    new_preview=bodies(NewPreview),
    new_backfill=bodies(NewBackfill),
    tick=bodies(OneTick),
)
def test_no_json_whatever_is_answered_with_a_5xx(
    ada, new_task, new_run, new_preview, new_backfill, tick
):
    program = Program(ada)
    task = a_scheduled_task(ada, crontab="0 9 * * *")

    created = program.post("tasks/", json.dumps(new_task))
    executed = program.post(f"tasks/{task.pk}/execute/", json.dumps(new_run))

    previewed = program.post("schedules/preview/", json.dumps(new_preview))
    backfilled = program.post(f"tasks/{task.pk}/backfill/", json.dumps(new_backfill))
    skipped = program.post(f"tasks/{task.pk}/skip/", json.dumps(tick))

    assert previewed.status_code in {200, 400}
    assert backfilled.status_code in {200, 202, 400, 409}
    assert skipped.status_code in {200, 400, 409}
    assert created.status_code in {201, 400, 409}
    assert executed.status_code in {202, 400}
    assert program.get("tasks/").status_code == program.get("executions/").status_code == 200


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0d8e1+-.nulltrue', max_size=60))
def test_any_bytes_are_read_or_refused(raw):
    with suppress(BadJSON):
        assert isinstance(read_json(raw if isinstance(raw, bytes) else raw.encode()), dict)
