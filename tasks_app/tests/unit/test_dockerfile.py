"""The image: two stages, pinned, only what runs, nobody's root, and signals that arrive."""

import re
from itertools import pairwise
from pathlib import Path

from tasks_app.management.supervisor import programs
from tasks_app.management.supervisor.options import Options
from tasks_app.tests.unit import image
from tasks_app.tests.unit.settings_read import ROOT

UNPRIVILEGED = re.compile(r"[1-9]\d{3,}:[1-9]\d{3,}")


def test_each_stage_begins_with_an_image_pinned_by_its_tag() -> None:
    bases = [rest.split()[0] for stage in image.stages() for word, rest in stage if word == "FROM"]

    assert bases == ["python:3.11-slim-bookworm"] * 2


def test_packages_are_those_of_the_lock_with_their_hashes_and_nothing_is_compiled() -> None:
    builder = " ".join(rest for _, rest in image.stages()[0])

    assert "--require-hashes --requirement /requirements-run.lock" in builder
    assert "--only-binary :all:" in builder
    assert "apt" not in (ROOT / "Dockerfile").read_text().split()


def test_what_is_copied_exists_and_is_all_that_docker_is_sent() -> None:
    assert all((ROOT / name).exists() for name in image.copied())
    assert image.let_in() == {*image.copied(), "requirements-run.lock"}


def test_neither_tests_nor_data_nor_secrets_are_copied(tmp_path: Path) -> None:
    image.lay_out(tmp_path)

    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert {"manage.py", "tasks_app/apps.py", "config/container_health.py"} <= names
    assert not [
        name for name in names if re.search(r"(^|/)(tests|__pycache__|\.env|var)(/|$)", name)
    ]


def test_the_user_has_a_fixed_number_and_is_not_root() -> None:
    (user,) = image.told("USER")

    assert UNPRIVILEGED.fullmatch(user)
    assert f"--uid {user.split(':')[0]} " in image.told("RUN")[0]
    words = [word for word, _ in image.stages()[-1]]
    assert "RUN" not in words[words.index("USER") :]


def test_the_folder_for_data_is_a_volume_of_that_user() -> None:
    environment = " ".join(image.told("ENV"))
    (volume,) = image.told("VOLUME")

    assert f"VAR_DIR={volume}" in environment.split()
    assert re.search(
        rf"install --directory --owner 10001 --group 10001 {volume} ", image.told("RUN")[0]
    )


def test_signals_reach_the_program_and_not_a_shell() -> None:
    assert image.told("STOPSIGNAL") == ["SIGTERM"]
    assert not image.told("ENTRYPOINT")
    assert image.command()[0] == "gunicorn"
    assert image.health_check() == ["python", "-P", "config/container_health.py", "web"]


def test_web_is_started_as_up_starts_it() -> None:
    theirs = programs.web(Options(), {}).command[2:]

    options = dict(pairwise(theirs))
    ours = image.command()
    for option in ("--worker-class", "--threads", "--log-level"):
        assert ours[ours.index(option) + 1] == options[option]
    assert "--no-control-socket" in ours
    assert ours[:2] == list(theirs[:2])


def test_what_is_built_knows_its_version_and_no_secret() -> None:
    assert image.told("ARG") == ['CODE_VERSION=""']
    assert "CODE_VERSION=$CODE_VERSION" in image.told("ENV")
    assert not re.search(r"PASSWORD|SECRET|TOKEN", (ROOT / "Dockerfile").read_text())
