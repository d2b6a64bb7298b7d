"""Nouns: what is true, and questions about it."""

from tasks_app.models.alarm import Alarm
from tasks_app.models.api_token import ApiToken
from tasks_app.models.attempt import Attempt
from tasks_app.models.beat import Beat
from tasks_app.models.control import Control
from tasks_app.models.counter import Counter
from tasks_app.models.event import Event
from tasks_app.models.execution import TaskExecution
from tasks_app.models.log_line import LogLine
from tasks_app.models.pause import Pause
from tasks_app.models.skip import Skip
from tasks_app.models.task import Task
from tasks_app.models.timer import Timer
from tasks_app.models.worker import Worker

__all__ = [
    "Alarm",
    "ApiToken",
    "Attempt",
    "Beat",
    "Control",
    "Counter",
    "Event",
    "LogLine",
    "Pause",
    "Skip",
    "Task",
    "TaskExecution",
    "Timer",
    "Worker",
]
