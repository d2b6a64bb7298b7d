"""Verbs on a task, the same for every door. Each takes the actor first and keeps the owner rule."""

from tasks_app.services.actor import Actor
from tasks_app.services.calls import Call, submit_call
from tasks_app.services.cancelling import cancel_execution, cancel_task
from tasks_app.services.checking import check_task
from tasks_app.services.creating import create_task
from tasks_app.services.deleting import delete_task
from tasks_app.services.executing import execute_task
from tasks_app.services.finding import get_execution, get_executions, get_task, get_tasks
from tasks_app.services.reporting_back import update_task_progress, update_task_status
from tasks_app.services.updating import disable_task, enable_task, update_task

__all__ = [
    "Actor",
    "Call",
    "cancel_execution",
    "cancel_task",
    "check_task",
    "create_task",
    "delete_task",
    "disable_task",
    "enable_task",
    "execute_task",
    "get_execution",
    "get_executions",
    "get_task",
    "get_tasks",
    "submit_call",
    "update_task",
    "update_task_progress",
    "update_task_status",
]
