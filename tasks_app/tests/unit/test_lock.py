"""What is installed is what is asked for, and the container gets nothing of the tests'."""

import re
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """By package the version that a file names."""
    return dict(PIN.findall((CHECKOUT / name).read_text()))


def pins_of_the_tests() -> dict[str, str]:
    groups = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["dependency-groups"]
    return dict(PIN.findall("\n".join(groups["test"])))


def test_the_lock_holds_every_direct_dependency_at_its_pin():
    direct = pins("requirements.txt") | pins_of_the_tests()
    locked = pins("requirements.lock")

    assert pins("requirements.txt")
    assert pins_of_the_tests()
    assert not [
        f"{name}=={pin}: run make lock" for name, pin in direct.items() if locked.get(name) != pin
    ]


def test_the_container_runs_what_is_tested():
    run = pins("requirements-run.lock")

    assert pins("requirements.txt").items() <= run.items()
    assert run.items() <= pins("requirements.lock").items()


def test_the_container_gets_none_of_the_tests_packages():
    assert not pins("requirements-run.lock").keys() & pins_of_the_tests().keys()
