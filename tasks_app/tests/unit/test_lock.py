"""What is installed is what requirements.txt asks for."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", re.MULTILINE)


def test_the_lock_holds_every_direct_dependency_at_its_pin():
    direct = PIN.findall((CHECKOUT / "requirements.txt").read_text())
    locked = dict(PIN.findall((CHECKOUT / "requirements.lock").read_text()))

    assert direct
    assert not [f"{name}=={pin}: run make lock" for name, pin in direct if locked.get(name) != pin]
