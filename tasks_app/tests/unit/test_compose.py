"""docker-compose.yml: valid, no default passwords, healthy before it is used, ready to scale."""

import os
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tasks_app.management.supervisor import programs
from tasks_app.management.supervisor.options import Options
from tasks_app.tests.unit import image
from tasks_app.tests.unit.compose import FILE, VARIABLE, compose, compose_text
from tasks_app.tests.unit.settings_read import settings_read

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = ("migrate", "web", "worker", "beat", "flower")
STEADY = SERVICES.keys() - {"migrate"}
READY = {
    "migrate": {"condition": "service_completed_successfully"},
    "db": {"condition": "service_healthy"},
    "redis": {"condition": "service_healthy"},
}
# Said by the file itself or by the image, or refused where it is not the default.
NOT_HANDED_ON = {
    "VAR_DIR", "INPUT_DIR", "OUTPUT_DIR", "LOG_DIR", "REDIS_URL", "CODE_VERSION",
    "CELERY_TASK_SERIALIZER", "CELERY_RESULT_SERIALIZER", "CELERY_BEAT_SCHEDULER",
    "BELFRY_IGNORE_DOTENV",
}  # fmt: skip


def test_the_services_are_those_that_are_documented() -> None:
    assert SERVICES.keys() == {*OURS, "db", "redis"}
    assert [name for name in SERVICES if "profiles" in SERVICES[name]] == ["flower"]


def test_it_keeps_the_compose_specification() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    done = _run(sys.executable, "-m", "check_jsonschema", *schema, str(FILE))

    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_itself_accepts_it() -> None:
    if _run("docker", "compose", "version").returncode:
        pytest.skip("docker compose is not here")
    config = ("docker", "compose", "--file", str(FILE), "--env-file", os.devnull, "config")

    # Flower's are not asked of those who do not run it.
    done = _run(*config, SECRET_KEY="k" * 50, POSTGRES_PASSWORD="p", REDIS_PASSWORD="r")
    assert done.returncode == 0, done.stderr
    assert _run(*config, SECRET_KEY="k" * 50, POSTGRES_PASSWORD="p").returncode != 0


def _run(program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that sees nothing of the caller but where programs are."""
    found = shutil.which(program) or "false"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [found, *words], env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", OURS)
def test_ours_run_the_image_with_as_few_rights_as_possible(name: str) -> None:
    service = SERVICES[name]

    assert service["image"] == "${BELFRY_IMAGE:-belfry:latest}"
    assert service["build"]["context"] == "."
    # The image's own user, whom test_dockerfile.py knows.
    assert "user" not in service
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True
    assert service["volumes"] == [f"files:{image.told('VOLUME')[0]}"]


@pytest.mark.parametrize("name", STEADY)
def test_what_stays_is_started_again_and_checked(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["logging"]["options"]["max-size"]
    assert service["stop_grace_period"]


def test_migrate_runs_once() -> None:
    migrate = SERVICES["migrate"]

    assert migrate["restart"] == "no"
    assert migrate["healthcheck"] == {"disable": True}
    assert migrate["command"] == ["python", "manage.py", "migrate", "--no-input"]
    assert migrate["depends_on"] == {"db": READY["db"]}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "flower"])
def test_a_program_waits_for_its_tables_and_servers(name: str) -> None:
    assert SERVICES[name]["depends_on"] == READY


@pytest.mark.parametrize("name", ["web", "worker", "beat", "flower"])
def test_a_program_is_asked_by_the_check_of_its_kind(name: str) -> None:
    check = SERVICES[name]["healthcheck"]["test"]

    assert check == ["CMD", *image.health_check()[:-1], name]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_there_can_be_several_of_it(name: str) -> None:
    assert "container_name" not in SERVICES[name]
    assert SERVICES[name].get("hostname") is None
    published = SERVICES[name].get("ports", [])
    # The variable takes a range: 8000-8009.
    assert published == (
        [] if name != "web" else ["${WEB_ADDRESS:-127.0.0.1}:${WEB_PORT:-8000}:8000"]
    )


def test_only_web_and_flower_are_offered_outside_and_only_on_this_machine() -> None:
    published = {name: SERVICES[name]["ports"] for name in SERVICES if "ports" in SERVICES[name]}

    assert published.keys() == {"web", "flower"}
    assert all(ports[0].startswith("${WEB_ADDRESS:-127.0.0.1}:") for ports in published.values())


def test_no_secret_has_a_default() -> None:
    uses = VARIABLE.findall(compose_text())
    secrets = {(name, words) for name, words in uses if re.search(r"PASSWORD|SECRET|USER", name)}

    required = {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert secrets == {(name, ":?set it in .env") for name in required}


@pytest.mark.parametrize("missing", ["FLOWER_USER", "FLOWER_PASSWORD"])
def test_flower_does_not_start_without_its_name_and_password(missing: str) -> None:
    done = _flower_with(**{missing: ""})

    assert done.returncode != 0
    assert f"{missing}: set it in .env" in done.stderr
    assert "celery" not in done.stdout


@pytest.mark.parametrize(
    "name, value", [("FLOWER_USER", "o,ps"), ("FLOWER_USER", "o:ps"), ("FLOWER_PASSWORD", "abc,d")]
)
def test_flower_refuses_what_it_would_take_for_another_login(name: str, value: str) -> None:
    done = _flower_with(**{name: value})

    assert done.returncode != 0
    assert f"{name}: no comma" in done.stderr
    assert value not in done.stderr
    assert "celery" not in done.stdout


def test_flower_starts_with_any_other_login() -> None:
    done = _flower_with(FLOWER_PASSWORD="a: *$HOME' \"b")

    assert done.stdout.splitlines() == [
        "celery -A config flower --address=0.0.0.0 --port=5555", "ops:a: *$HOME' \"b"
    ], done.stderr  # fmt: skip


def _flower_with(**given: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the service; instead of Flower, its command and its login are shown."""
    shell, flags, script = SERVICES["flower"]["command"]
    script = script.replace("$$", "$").replace("exec celery", "echo celery")
    login = {"FLOWER_USER": "ops", "FLOWER_PASSWORD": "a password"} | given
    return _run(shell, flags, script + 'printf "%s" "$FLOWER_BASIC_AUTH"\n', **login)


def test_worker_and_beat_are_started_as_up_starts_them() -> None:
    assert SERVICES["worker"]["command"] == [*programs.worker(Options(), {}).command[2:]]
    assert SERVICES["beat"]["command"] == [*programs.beat(Options(), {}).command[2:]]
    assert "command" not in SERVICES["web"]


def test_a_stopped_worker_gives_back_before_it_is_killed() -> None:
    worker = SERVICES["worker"]

    assert worker["stop_signal"] == "SIGQUIT"
    told = worker["environment"]["CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT"]
    assert told == "${CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT:-30}"
    assert worker["stop_grace_period"] == "5m"


@pytest.mark.parametrize("name", OURS)
def test_ours_get_every_setting_that_matters_there(name: str) -> None:
    more = {"web": {"WEB_CONCURRENCY"}, "flower": {"FLOWER_USER", "FLOWER_PASSWORD"}}

    given = SERVICES[name]["environment"].keys() - more.get(name, set())
    assert given == settings_read().keys() - NOT_HANDED_ON


def test_what_must_last_lies_in_volumes() -> None:
    kept = {name: SERVICES[name]["volumes"] for name in ("db", "redis")}

    assert kept == {"db": ["database:/var/lib/postgresql/data"], "redis": ["broker:/data"]}
    assert compose()["volumes"].keys() == {"database", "broker", "files"}


def test_the_database_is_one_that_belfry_supports() -> None:
    version = re.fullmatch(r"postgres:(\d+)-bookworm", SERVICES["db"]["image"])

    # From 18 on the image keeps its data elsewhere.
    assert version is not None
    assert 15 <= int(version[1]) <= 17


def test_the_broker_forgets_nothing_and_asks_for_a_password() -> None:
    words = " ".join(SERVICES["redis"]["command"])

    assert "--appendonly yes" in words
    assert "--maxmemory-policy noeviction" in words
    assert "--requirepass ${REDIS_PASSWORD:?" in words
