"""The door for people: Django's admin in the look of django-unfold."""

# In this order: `others` takes pages away that `schedule_kinds` and `schedules` replace.
from tasks_app.admin import (
    alarms,
    executions,
    others,
    pauses,
    people,
    processes,
    schedule_kinds,
    schedules,
    tasks,
    tokens,
)

__all__ = [
    "alarms",
    "executions",
    "others",
    "pauses",
    "people",
    "processes",
    "schedule_kinds",
    "schedules",
    "tasks",
    "tokens",
]
