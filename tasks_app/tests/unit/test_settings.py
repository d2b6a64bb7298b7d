"""What a proxy says of a request is believed only where somebody answers for the proxy."""

import runpy
from typing import Any

import pytest

from tasks_app.tests.unit.settings_read import SETTINGS


def settings_with(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    """The settings as a process with this environment reads them."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    "told, header", [("false", None), ("true", ("HTTP_X_FORWARDED_PROTO", "https"))]
)
def test_the_header_of_a_proxy_is_believed_only_when_told(
    monkeypatch: pytest.MonkeyPatch, told: str, header: tuple[str, str] | None
) -> None:
    assert settings_with(monkeypatch, TRUST_PROXY=told)["SECURE_PROXY_SSL_HEADER"] == header
