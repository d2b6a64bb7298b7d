"""`.env.example` can be copied as it is. What it shows is held by test_settings_docs.py."""

import re

from tasks_app.tests.unit.settings_read import ROOT


def test_copying_the_example_changes_nothing():
    assert not re.findall(r"^[^#\n].*", (ROOT / ".env.example").read_text(), re.MULTILINE)
