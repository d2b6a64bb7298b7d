"""What django-unfold asks for: colours, style sheet, script and the menu."""

from copy import deepcopy
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from unfold.settings import CONFIG_DEFAULTS

from tasks_app.admin.superusers import is_superuser


def styles(_: HttpRequest) -> str:
    """Our own rules, above Unfold's layers."""
    return static("tasks_app/desk.css")


def icon(_: HttpRequest) -> str:
    """For the browser's tab."""
    return static("tasks_app/bell.svg")


def script(_: HttpRequest) -> str:
    """Brings live pages up to date."""
    return static("tasks_app/live.js")


def colors(_: HttpRequest) -> dict[str, dict[str, str]]:
    """A calm blue whose links and buttons are readable on white and in the dark."""
    shades = ("#eef0fa", "#dde2f5", "#c7cfec", "#a3b2e6", "#7a8cd2", "#7f8fdb", "#4c5eb4")
    deep = ("#3f51a6", "#33428a", "#2a3670", "#1e2752")
    weights = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")
    primary = dict(zip(weights, shades + deep, strict=True))
    return {**deepcopy(CONFIG_DEFAULTS["COLORS"]), "primary": primary}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu."""
    alarms = _item("Alarms", "notifications_active", "tasks_app_alarm")
    doctor = reverse("admin:tasks_app_alarm_doctor")
    # The doctor's page lies below that of the alarms, and only one of them is open.
    alarms["active"] = alarms["link"] in request.path and request.path != doctor
    return [
        {
            "title": "Work",
            "items": [
                _item("Tasks", "task_alt", "tasks_app_task"),
                _item("Executions", "history", "tasks_app_taskexecution"),
                _item("Schedules", "event", "django_celery_beat_periodictask"),
                _item("Pauses", "pause_circle", "tasks_app_pause"),
            ],
        },
        {
            "title": "Machines",
            "items": [
                alarms,
                {
                    "title": "Doctor",
                    "icon": "stethoscope",
                    "link": doctor,
                    "permission": is_superuser,
                },
                _item("Workers", "memory", "tasks_app_worker"),
                _item("Beats", "schedule", "tasks_app_beat"),
                _item("Counters", "pin", "tasks_app_counter"),
            ],
        },
        {
            "title": "People",
            "items": [
                _item("Users", "person", "auth_user"),
                _item("Groups", "group", "auth_group"),
                _item("API tokens", "key", "tasks_app_apitoken"),
            ],
        },
    ]


def _item(title: str, icon: str, page: str) -> dict[str, Any]:
    app, _, model = page.rpartition("_")
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{page}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{model}"),
    }
