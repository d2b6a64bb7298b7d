"""What the list of beats tells."""

import pytest
from django.contrib.auth.models import User

from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sees, words", [(True, "seen at once"), (False, "found by comparing: triggers are missing")]
)
def test_a_beat_tells_its_lag_and_how_it_hears_of_edits(root: User, sees: bool, words: str) -> None:
    a_beat(lag=1.234, sees_edits=sees)

    page = Staff(root).reads("/beat/")

    assert "1.23 s" in page
    assert words in page
