"""The door for people: Django's admin in the look of django-unfold."""

from tasks_app.admin import executions, others, people, processes, tasks

__all__ = ["executions", "others", "people", "processes", "tasks"]
