"""A token with a dialect: its document's words, fields and types on the paths that it shares."""

import pytest
from django.test import Client

from tasks_app.states import Status
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.api import (
    BODY_WITH_A_NUMBER,
    BODY_WITH_A_WORD,
    Program,
    assert_refused,
)

BOTH = pytest.mark.parametrize("dialect", ["001", "004"])
WORDS = [
    ("pending", "pending"),
    ("started", "running"),
    ("retry", "pending"),
    ("success", "succeeded"),
    ("failure", "failed"),
    ("revoked", "revoked"),
]
BODY = {"001": BODY_WITH_A_NUMBER, "004": BODY_WITH_A_WORD}
NORMAL = {"001": 2, "004": "normal"}


def a_task_in(status, owner, **columns):
    task = a_task(owner, name=status)
    a_run(Status(status), task=task, owner=owner, **columns)
    return task


def told_by(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


def names_in(answer) -> list[str]:
    return sorted(row["name"] for row in told_by(answer)["results"])


@BOTH
@pytest.mark.parametrize("ours, theirs", WORDS)
def test_a_status_is_told_in_the_documents_word(ada, dialect, ours, theirs):
    task = a_task_in(ours, ada)
    program = Program(ada, dialect=dialect)

    [listed] = told_by(program.get("tasks/"))["results"]

    assert told_by(program.get(f"tasks/{task.pk}"))["status"] == listed["status"] == theirs


@BOTH
def test_a_task_that_never_ran_is_pending_and_has_no_id_of_celery(ada, dialect):
    task = a_task(ada)

    told = told_by(Program(ada, dialect=dialect).get(f"tasks/{task.pk}/"))

    assert (told["status"], told["progress"], told["celery_id"]) == ("pending", 0, None)


@pytest.mark.parametrize(
    "priority, word", [(1, "low"), (2, "normal"), (3, "high"), (4, "critical")]
)
def test_a_priority_is_a_number_in_001_and_a_word_in_004(ada, priority, word):
    task = a_task(ada, priority=priority)

    for dialect, theirs in (("001", priority), ("004", word)):
        program = Program(ada, dialect=dialect)
        [listed] = told_by(program.get("tasks/"))["results"]
        shown = told_by(program.get(f"tasks/{task.pk}"))
        assert shown["priority"] == listed["priority"] == theirs


@BOTH
@pytest.mark.parametrize("exact, told", [(0, 0), (0.9, 0), (41.6, 41), (99.99, 99), (100, 100)])
def test_progress_is_a_whole_number_rounded_down(ada, dialect, exact, told):
    task = a_task_in("started", ada, progress=exact)

    progress = told_by(Program(ada, dialect=dialect).get(f"tasks/{task.pk}"))["progress"]

    assert (type(progress), progress) == (int, told)


@BOTH
def test_the_documents_own_field_stands_beside_all_of_ours(ada, root, dialect):
    a_run(Status.STARTED, task=a_task(ada), owner=ada, result={"pages": 3}, progress=50)
    [ours] = told_by(Program(root).get("tasks/"))["results"]

    [theirs] = told_by(Program(root, dialect=dialect).get("tasks/"))["results"]

    words = {"status": "running", "priority": NORMAL[dialect], "progress": 50}
    assert theirs == ours | words | {"celery_id": ours["execution_id"]}


@BOTH
def test_a_new_task_tells_its_run_in_the_same_words(ada, dialect):
    told = told_by(Program(ada, dialect=dialect).post("tasks/", BODY[dialect]), 201)

    assert told["celery_id"] == told["execution"]["id"]
    for told_of in (told, told["execution"]):
        assert (told_of["status"], told_of["priority"]) == ("pending", NORMAL[dialect])
        assert type(told_of["progress"]) is int


@BOTH
def test_a_new_task_that_is_not_executed_has_no_run(ada, dialect):
    told = told_by(
        Program(ada, dialect=dialect).post("tasks/", BODY[dialect][:-1] + ', "start": "manual"}'),
        201,
    )

    assert (told["status"], told["execution"], told["celery_id"]) == ("pending", None, None)


@BOTH
def test_a_cancel_tells_the_task_and_what_it_stopped(ada, dialect):
    task = a_task_in("retry", ada)

    told = told_by(Program(ada, dialect=dialect).post(f"tasks/{task.pk}/cancel"), 202)

    assert told["status"] == "revoked"
    [stopped] = told["executions"]
    assert (stopped["status"], stopped["priority"]) == ("revoked", NORMAL[dialect])


@BOTH
def test_a_change_is_told_in_the_same_words(ada, dialect):
    task = a_task_in("success", ada)

    told = told_by(
        Program(ada, dialect=dialect).send("PATCH", f"tasks/{task.pk}", {"name": "other"})
    )

    assert (told["name"], told["status"]) == ("other", "succeeded")
    assert told["priority"] == NORMAL[dialect]


@BOTH
def test_a_status_is_set_by_the_documents_word(ada, dialect):
    task = a_task_in("started", ada)

    told = told_by(
        Program(ada, dialect=dialect).send("PATCH", f"tasks/{task.pk}", {"status": "failed"})
    )

    assert told["status"] == "failed"


@BOTH
def test_deleting_answers_nothing(ada, dialect):
    answer = Program(ada, dialect=dialect).delete(f"tasks/{a_task(ada).pk}")

    assert (answer.status_code, answer.content) == (204, b"")


def test_the_count_adds_up_what_is_answered_with_one_word(ada):
    for status in ("pending", "retry", "started", "failure", "failure"):
        a_task_in(status, ada)

    told = told_by(Program(ada, dialect="001").get("tasks/count"))

    counted = {word: number for word, number in told["by_status"].items() if number}
    assert (told["total"], counted) == (5, {"pending": 2, "running": 1, "failed": 2})
    assert told["by_status"].keys() <= {theirs for _, theirs in WORDS}


@BOTH
@pytest.mark.parametrize(
    "word, found",
    [
        ("pending", ["pending", "retry"]),
        ("PENDING", ["pending", "retry"]),
        ("running", ["started"]),
        ("succeeded", ["success"]),
        ("failed", ["failure"]),
        ("revoked", ["revoked"]),
        # Words that the document does not have mean what they mean to everybody.
        ("retry", ["retry"]),
        ("queued", ["pending"]),
        ("started", ["started"]),
        ("cancelled", ["revoked"]),
        ("skipped", []),
    ],
)
def test_a_filter_means_the_tasks_that_are_answered_with_its_word(ada, dialect, word, found):
    for ours, _ in WORDS:
        a_task_in(ours, ada)

    assert names_in(Program(ada, dialect=dialect).get("tasks/", status=word)) == found


def test_the_count_is_filtered_by_the_same_words(ada):
    a_task_in("pending", ada), a_task_in("retry", ada), a_task_in("success", ada)

    told = told_by(Program(ada, dialect="001").get("tasks/count", status="pending"))

    assert told["total"] == 2


@BOTH
def test_a_page_says_where_the_list_goes_on(ada, dialect):
    a_task_in("started", ada), a_task_in("started", ada)
    program = Program(ada, dialect=dialect)

    page = told_by(program.get("tasks/", status="running", limit=1))

    following = told_by(program.client.get(page["next"], headers=program.headers))
    rows = page["results"] + following["results"]
    assert [row["status"] for row in rows] == ["running"] * 2
    assert following["next"] is None


@BOTH
def test_refusals_are_the_same_for_everybody(ada, dialect):
    ended = a_task_in("success", ada)
    plain, speaker = Program(ada), Program(ada, dialect=dialect)

    def said(program):
        answers = [
            program.get("tasks/", status="finished"),
            program.post("tasks/", {"priority": 9}),
            program.post(f"tasks/{ended.pk}/cancel"),
            program.get("tasks/nowhere"),
        ]
        return [told_by(answer, answer.status_code) | {"request_id": ""} for answer in answers]

    assert said(speaker) == said(plain)
    assert_refused(speaker.get("tasks/", status="finished"), 400, "invalid", "status")


@BOTH
def test_other_paths_speak_our_words(ada, dialect):
    task = a_task_in("retry", ada, progress=41.6)
    program = Program(ada, dialect=dialect)
    [run] = told_by(program.get("executions/", status="retry"))["results"]

    for told in (
        run,
        told_by(program.get(f"tasks/{task.pk}/status")),
        told_by(program.get(f"executions/{run['id']}")),
        told_by(program.get(f"tasks/{task.pk}/executions"))["results"][0],
    ):
        assert (told["status"], told["progress"]) == ("retry", 41.6)
    assert told_by(program.get("executions/", status="pending"))["results"] == []
    assert told_by(program.post(f"tasks/{task.pk}/execute"), 202)["priority"] == 2


def test_a_path_that_only_another_document_has_speaks_our_words(ada):
    a_task_in("retry", ada)

    told = told_by(Program(ada, dialect="004").get("tasks/count"))

    assert told["by_status"]["retry"] == 1


def test_each_token_hears_its_own_words_and_others_hear_ours(ada):
    task = a_task_in("started", ada)
    session = Client()
    session.force_login(ada)
    path = f"/api/v1/tasks/{task.pk}/"
    programs = [Program(ada, dialect="004"), Program(ada, dialect="001"), Program(ada)]

    heard = [told_by(program.get(f"tasks/{task.pk}/")) for program in programs]
    heard.append(told_by(session.get(path)))

    said = [(told["status"], told["priority"], "celery_id" in told) for told in heard]
    ours = ("started", 2, False)
    assert said == [("running", "normal", True), ("running", 2, True), ours, ours]


@BOTH
def test_a_dialect_costs_no_query_more(ada, dialect, django_assert_num_queries):
    for _ in range(3):
        a_task_in("started", ada)
    program = Program(ada, dialect=dialect)

    with django_assert_num_queries(3):  # the token, the tasks, their runs
        assert len(told_by(program.get("tasks/"))["results"]) == 3
