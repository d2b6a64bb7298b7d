"""The page of a run's log."""

import pytest
from django.contrib.auth.models import User

from tasks_app.admin import log_page
from tasks_app.models.log_line import PER_ATTEMPT
from tasks_app.states import Status
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator
from tasks_app.tests.unit.log_lines import lines_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


def test_the_page_of_a_run_leads_to_its_log(staff: Staff) -> None:
    run = a_run(Status.SUCCESS)

    assert f"/taskexecution/{run.pk}/log/" in staff.reads(f"/taskexecution/{run.pk}/change/")


def test_a_log_shows_its_lines_by_attempt_as_text(staff: Staff) -> None:
    run = a_run(Status.FAILURE)
    lines_of(run, 1, text="<script>boo</script>", level="ERROR")
    lines_of(run, 8, attempt=2)

    page = staff.reads(f"/taskexecution/{run.pk}/log/")

    assert "&lt;script&gt;boo" in page
    assert "<script>boo" not in page
    assert 'b-is-error">ERROR<' in page
    assert page.index("Attempt 1") < page.index("boo") < page.index("Attempt 2")
    assert page.index("7 lines dropped here") < page.index("line 8")
    assert "Lines not kept: 7." in page


def test_a_long_log_is_read_from_its_end(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_page, "MOST_LINES", 2)
    run = a_run(Status.STARTED)
    lines_of(run, 1, 2, 3)
    page = f"/taskexecution/{run.pk}/log/"

    newest = staff.reads(page)
    earlier = staff.reads(f"{page}?before={PER_ATTEMPT + 2}")

    assert "line 1" not in newest
    assert "line 3" in newest
    assert f'href="?before={PER_ATTEMPT + 2}"' in newest
    assert "line 1" in earlier
    assert "line 2" not in earlier
    assert "Earlier lines" not in earlier


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40, "²"])
def test_an_address_that_makes_no_sense_shows_the_newest(staff: Staff, before: str) -> None:
    run = a_run()
    lines_of(run, 1)

    assert "line 1" in staff.reads(f"/taskexecution/{run.pk}/log/?before={before}")


def test_the_newest_lines_of_a_live_run_bring_themselves_up_to_date(staff: Staff) -> None:
    live, over = a_run(Status.STARTED), a_run(Status.SUCCESS)

    assert 'data-live-on="True"' in staff.reads(f"/taskexecution/{live.pk}/log/")
    for path in (f"/taskexecution/{over.pk}/log/", f"/taskexecution/{live.pk}/log/?before=9"):
        assert 'data-live-on="True"' not in staff.reads(path)


def test_a_run_without_a_log_says_so(staff: Staff) -> None:
    page = staff.reads(f"/taskexecution/{a_run(keep_log=False).pk}/log/")

    assert "This run keeps no log." in page
    assert "No lines." in page


def test_a_strangers_log_does_not_exist(ada: User) -> None:
    run = a_run(owner=ada)
    lines_of(run, 1)

    answer = Staff(an_operator("olga")).client.get(f"{ROOT}/taskexecution/{run.pk}/log/")

    assert answer.headers["Location"] == "/admin/"


def test_who_may_not_read_runs_may_not_read_their_logs(ada: User) -> None:
    ada.is_staff = True
    ada.save()
    run = a_run(owner=ada)

    answer = Staff(ada).client.get(f"{ROOT}/taskexecution/{run.pk}/log/")

    assert answer.status_code == 403


def test_a_task_says_in_its_form_whether_it_keeps_logs(staff: Staff, root: User) -> None:
    staff.adds(keep_log="")

    assert not root.tasks.get().keep_log
