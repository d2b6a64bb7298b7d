"""`.env.example` is the list of settings that people read: whole, and harmless to copy."""

import re
from pathlib import Path

from tasks_app.tests.isolation import variables_of_the_settings

EXAMPLE = (Path(__file__).resolve().parents[3] / ".env.example").read_text()
OF_THE_FIRST_SUPERUSER = {f"DJANGO_SUPERUSER_{name}" for name in ("USERNAME", "EMAIL", "PASSWORD")}


def test_every_setting_is_in_the_example_and_nothing_else():
    named = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))

    # The tests' own switch is no setting for people.
    assert named - OF_THE_FIRST_SUPERUSER == variables_of_the_settings() - {"BELFRY_IGNORE_DOTENV"}


def test_copying_the_example_changes_nothing():
    assert not re.findall(r"^[^#\n].*", EXAMPLE, re.MULTILINE)
