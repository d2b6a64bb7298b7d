"""How values are shown: readable, and never as markup."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tasks_app.admin.display import NOTHING, as_json, badge, bar, block, duration, moment
from tasks_app.states import Status

HOSTILE = "<script>alert(1)</script>{{7*7}}{0.__class__}%s\u202e"


@pytest.mark.parametrize(
    "span, words",
    [
        (None, NOTHING),
        (timedelta(), "0.0 s"),
        (timedelta(seconds=1.44), "1.4 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=3, seconds=20), "3 min 20 s"),
        (timedelta(hours=2, minutes=5, seconds=9), "2 h 5 min"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(span: timedelta | None, words: str) -> None:
    assert duration(span) == words


def test_a_time_is_told_from_now_with_the_clock_and_exactly() -> None:
    at = timezone.now() - timedelta(minutes=5)

    shown = str(moment(at))

    assert "5 min ago" in shown
    assert f'title="{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"' in shown


def test_a_time_to_come_is_told_so() -> None:
    assert "in 1 h" in str(moment(timezone.now() + timedelta(hours=1, minutes=59, seconds=59)))
    assert moment(None) == NOTHING
    assert "now" in str(moment(datetime.now(UTC)))


@pytest.mark.parametrize("status", Status)
def test_every_state_has_a_word_and_a_shape(status: Status) -> None:
    shown = str(badge(status))

    assert f"{status.label.lower()}</span>" in shown
    assert "<svg" in shown


@pytest.mark.parametrize(
    "shown", [bar(3, HOSTILE), block(HOSTILE), as_json({HOSTILE: [HOSTILE]})], ids=str
)
def test_what_a_job_says_is_shown_as_text(shown: str) -> None:
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "{{7*7}}{0.__class__}%s" in shown


@pytest.mark.parametrize("value", [None, [], {}])
def test_nothing_is_said_to_be_nothing(value: object) -> None:
    assert as_json(value) == NOTHING
