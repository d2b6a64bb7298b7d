"""Settings that would hurt at night, refused at start with a hint that says what to change."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from tasks_app.states import FINAL, QUEUE_NAME

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]", ".localhost", ""}
OUR_SCHEDULER = "tasks_app.runtime.beat:DueScheduler"
# What examples and tutorials use as a key, and what Django's template makes.
SAMPLES = ("change", "example", "insecure", "secret-key", "your-")
SHORTEST_KEY = 32
# Days.
LONGEST_RETENTION = 36_500


@register()
def check_debug(**_: Any) -> list[CheckMessage]:
    """DEBUG shows settings and source to anybody who can cause an error."""
    served = set(settings.ALLOWED_HOSTS) - LOOPBACK - {"testserver"}
    return _refuse(
        settings.DEBUG and bool(served),
        "belfry.E001",
        f"DEBUG is on while {', '.join(sorted(served))} is served.",
        "Unset DEBUG, or serve only localhost.",
    )


@register()
def check_secret_key(**_: Any) -> list[CheckMessage]:
    """Whoever knows the key can sign in as anybody."""
    try:
        key = settings.SECRET_KEY.lower()
    except ImproperlyConfigured:  # Django's own refusal of an empty key, which has no hint
        key = ""
    weak = len(key) < SHORTEST_KEY or any(sample in key for sample in SAMPLES)
    return _refuse(
        weak,
        "belfry.E002",
        f"SECRET_KEY is empty, a sample or shorter than {SHORTEST_KEY} characters.",
        "Leave SECRET_KEY unset and let VAR_DIR be writable, or set a long random value.",
    )


@register()
def check_hosts(**_: Any) -> list[CheckMessage]:
    """With any host accepted, links in answers and mails can be forged."""
    return _refuse(
        "*" in settings.ALLOWED_HOSTS,
        "belfry.E003",
        "ALLOWED_HOSTS accepts every host.",
        "Name the hosts people use, parted by commas.",
    )


@register()
def check_database(**_: Any) -> list[CheckMessage]:
    """SQLite is one file on one machine; a broker elsewhere means that there are several."""
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    return _refuse(
        sqlite and _is_remote(_broker().hostname),
        "belfry.E004",
        "The broker is on another host, but the database is SQLite, which only one host can use.",
        "Set DATABASE_URL to a PostgreSQL database.",
    )


@register()
def check_broker(**_: Any) -> list[CheckMessage]:
    """Whoever can write to the broker can ring any doorbell and send workers commands."""
    broker = _broker()
    return _refuse(
        _is_remote(broker.hostname) and not broker.password,
        "belfry.E005",
        "The broker is on another host and has no password.",
        "Put a password into CELERY_BROKER_URL: redis://:PASSWORD@host:6379/0",
    )


@register()
def check_scheduler(**_: Any) -> list[CheckMessage]:
    """Another scheduler would send every tick a second time, and run no sweeps."""
    return _refuse(
        settings.CELERY_BEAT_SCHEDULER != OUR_SCHEDULER,
        "belfry.E006",
        f"CELERY_BEAT_SCHEDULER is {settings.CELERY_BEAT_SCHEDULER}.",
        f"Unset it, or set {OUR_SCHEDULER}: no other may share this database.",
    )


@register()
def check_serializers(**_: Any) -> list[CheckMessage]:
    """Pickle and its like run code that stands in a message."""
    return [
        message
        for name in ("CELERY_TASK_SERIALIZER", "CELERY_RESULT_SERIALIZER")
        for message in _refuse(
            getattr(settings, name) != "json",
            "belfry.E007",
            f"{name} is {getattr(settings, name)}; others than JSON can carry code.",
            f"Unset {name}, or set it to json.",
        )
    ]


@register()
def check_lease(**_: Any) -> list[CheckMessage]:
    """One heartbeat that comes late must not cost a run its lease."""
    lease, heartbeat = settings.LEASE_SECONDS, settings.HEARTBEAT_SECONDS
    # A run without proof stops itself some seconds before its lease ends.
    return _refuse(
        heartbeat < 1 or lease < max(3 * heartbeat, 2 * heartbeat + 3),
        "belfry.E008",
        f"The lease takes {lease} s, a heartbeat {heartbeat} s.",
        "HEARTBEAT_SECONDS is 1 or more, LEASE_SECONDS three times that and 5 or more.",
    )


@register()
def check_aliases(**_: Any) -> list[CheckMessage]:
    """An alias of a job that does not exist would refuse tasks with a confusing name."""
    from tasks_app import registry

    unknown = sorted({name for name in settings.JOB_ALIASES if registry.find(name) is None})
    return _refuse(
        bool(unknown),
        "belfry.E009",
        f"JOB_ALIASES leads from {', '.join(unknown)} to jobs that do not exist.",
        "Correct or remove these entries.",
    )


@register()
def check_routes(**_: Any) -> list[CheckMessage]:
    """A route that Celery cannot read would refuse every call from code."""
    routes = settings.CELERY_TASK_ROUTES
    wrong = [] if isinstance(routes, dict) else ["all of it"]
    if not wrong:
        wrong = [name for name, route in routes.items() if not _leads_to_a_queue(route)]
    return _refuse(
        bool(wrong),
        "belfry.E010",
        f"CELERY_TASK_ROUTES is wrong in: {', '.join(map(str, wrong))}.",
        'Write jobs or patterns and their queues: {"shop.reports.*": "reports"} or '
        '{"shop.reports.*": {"queue": "reports"}}.',
    )


@register()
def check_log_folder(**_: Any) -> list[CheckMessage]:
    """A process that cannot write its log would say so nowhere."""
    folder = settings.LOG_DIR
    return _refuse(
        folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK)),
        "belfry.E011",
        f"LOG_DIR is {folder}, which is no folder that this user can write to.",
        "Let this user write to it, or unset LOG_DIR to log to the standard output.",
    )


@register()
def check_proxy(**_: Any) -> list[CheckMessage]:
    """Behind a proxy that speaks HTTPS, a cookie must not travel without it."""
    return _refuse(
        settings.SECURE_PROXY_SSL_HEADER is not None and not settings.SESSION_COOKIE_SECURE,
        "belfry.E012",
        "TRUST_PROXY says that people come over HTTPS, but the cookies may travel without it.",
        "Set SECURE_COOKIES=true, or unset TRUST_PROXY.",
    )


@register()
def check_caps(**_: Any) -> list[CheckMessage]:
    """A cap of nothing would refuse every run; one that another always precedes says nothing."""
    own, everybody = settings.WAITING_RUNS_PER_OWNER_MAX, settings.WAITING_RUNS_MAX
    return _refuse(
        not 1 <= own <= everybody,
        "belfry.E013",
        f"{own} runs of one owner may wait, and {everybody} in all.",
        "WAITING_RUNS_PER_OWNER_MAX is 1 or more, WAITING_RUNS_MAX that or more.",
    )


@register()
def check_retention(**_: Any) -> list[CheckMessage]:
    """What is deleted by mistake is gone."""
    days = settings.RETENTION_DAYS
    wrong = [] if isinstance(days, dict) else ["all of it"]
    if not wrong:
        wrong = [name for name, value in days.items() if not _is_an_age(name, value)]
    return _refuse(
        bool(wrong) or settings.KEEP_LAST_RUNS < 0,
        "belfry.E014",
        f"RETENTION_DAYS is wrong in: {', '.join(map(str, wrong)) or 'nothing'}; "
        f"KEEP_LAST_RUNS is {settings.KEEP_LAST_RUNS}.",
        f'Write ended states and days: {{"failure": 90}}. The states are {", ".join(FINAL)}. '
        "KEEP_LAST_RUNS is 0 or more.",
    )


def insist() -> None:
    """Raise ImproperlyConfigured if a setting would hurt: for processes that run no checks.

    gunicorn runs none, and Celery runs them but starts whatever they say.
    """
    errors = [error for error in run_checks() if (error.id or "").startswith("belfry.")]
    if errors:
        raise ImproperlyConfigured(" ".join(f"{error.msg} {error.hint}" for error in errors))


def _refuse(wrong: bool, code: str, message: str, hint: str) -> list[CheckMessage]:
    return [Error(message, hint=hint, id=code)] if wrong else []


def _leads_to_a_queue(route: Any) -> bool:
    queue = route
    if isinstance(route, dict):
        queue = route.get("queue") or route.get("routing_key")
    return isinstance(queue, str) and QUEUE_NAME.fullmatch(queue) is not None


def _is_an_age(status: str, days: Any) -> bool:
    is_number = isinstance(days, int | float) and not isinstance(days, bool)
    return status in FINAL and (days is None or (is_number and 0 <= days <= LONGEST_RETENTION))


def _broker() -> Any:
    return urlsplit(settings.CELERY_BROKER_URL)


def _is_remote(host: str | None) -> bool:
    return (host or "") not in LOOPBACK
