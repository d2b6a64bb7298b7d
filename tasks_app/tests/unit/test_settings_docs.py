"""docs/settings.md lists every variable with its type and default, and no other."""

import re
from pathlib import Path

import pytest

from tasks_app.management.supervisor import first_start
from tasks_app.tests.isolation import variables_of_the_settings
from tasks_app.tests.unit.compose import VARIABLE, compose_text
from tasks_app.tests.unit.settings_read import ROOT, Setting, settings_read

ROW = re.compile(r"^\| `([A-Z_]+)` \| (\w+) \| (?:none|`([^`]+)`) \| (\S[^|]+) \|$", re.MULTILINE)
TEXT = (ROOT / "docs" / "settings.md").read_text()
TOLD = {name: Setting(name, kind, default) for name, kind, default, _ in ROW.findall(TEXT)}
SETTINGS = settings_read()
EXAMPLE = (ROOT / ".env.example").read_text()


def told_under(title: str) -> set[str]:
    """The names in the table of one section."""
    return {row[0] for row in ROW.findall(TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0])}


# What stands beside these in the example can only be an example.
EMPTY = ("", "{}", "0")
NEEDED_BY_FLOWER = {"FLOWER_USER", "FLOWER_PASSWORD"}
OF_COMPOSE = told_under("Containers")
OF_PEOPLE = told_under("The first superuser of `manage.py up`")


def test_every_row_of_a_variable_is_understood_and_stands_once() -> None:
    assert len(re.findall(r"^\| `[A-Z_]+`", TEXT, re.MULTILINE)) == len(TOLD)


def test_every_call_that_reads_a_variable_is_understood() -> None:
    assert SETTINGS.keys() == variables_of_the_settings()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_told_with_its_type_and_default(name: str) -> None:
    assert TOLD[name] == SETTINGS[name]


def test_what_is_told_beside_the_settings_is_read_elsewhere() -> None:
    assert TOLD.keys() == SETTINGS.keys() | OF_COMPOSE | OF_PEOPLE
    assert not SETTINGS.keys() & (OF_COMPOSE | OF_PEOPLE)


def test_the_first_superuser_is_named_by_what_the_code_reads() -> None:
    code = Path(first_start.__file__).read_text()

    assert set(re.findall(r'environ\.get\("(\w+)"', code)) == OF_PEOPLE


def test_compose_is_told_with_its_defaults() -> None:
    read = dict(VARIABLE.findall(compose_text()))

    assert read.keys() - SETTINGS.keys() | NEEDED_BY_FLOWER == OF_COMPOSE
    told = {name: TOLD[name].default for name in OF_COMPOSE}
    assert told == {name: _default(read.get(name, "")) for name in OF_COMPOSE}


def _default(words: str) -> str:
    """Of `:-8000`; that of `:?set it` is none."""
    return words.removeprefix(":-") if words.startswith(":-") else ""


def test_the_example_shows_each_default_or_an_example() -> None:
    defaults = {name: told.default for name, told in TOLD.items()}
    defaults |= {name: read.default for name, read in settings_read("var", "UTC").items()}
    shown = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))

    assert shown.keys() == TOLD.keys() - told_under("For tests")
    assert not {
        name: f"{value!r} is neither the default {defaults[name]!r} nor an example"
        for name, value in shown.items()
        if value != defaults[name] and (defaults[name] not in EMPTY) and "example" not in value
    }


def test_both_have_the_same_sections() -> None:
    in_docs = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)

    assert re.findall(r"^# --- (.+) ---$", EXAMPLE, re.MULTILINE) == in_docs[:-1]
