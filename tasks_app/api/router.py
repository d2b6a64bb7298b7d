"""The paths below `/api/v1/`, each with and without its trailing slash and never by a redirect."""

from typing import Any

from rest_framework import routers

from tasks_app.api.auth import Auth, Tokens
from tasks_app.api.diagnosis import Diagnosis
from tasks_app.api.executions import Executions
from tasks_app.api.pauses import Pauses
from tasks_app.api.resource import Door
from tasks_app.api.schedules import Schedules
from tasks_app.api.tasks import Tasks
from tasks_app.api.watching import Alarms, Counters


class Root(Door, routers.APIRootView):
    """The resources of the API. /docs describes them."""


class Router(routers.DefaultRouter):
    """A redirect from one form of a path to the other would lose a POST's body."""

    APIRootView = Root
    include_format_suffixes = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.trailing_slash = "/?"


router = Router()
router.register("tasks", Tasks, basename="task")
router.register("executions", Executions, basename="execution")
router.register("schedules", Schedules, basename="schedule")
router.register("pauses", Pauses, basename="pause")
router.register("alarms", Alarms, basename="alarm")
router.register("counters", Counters, basename="counter")
router.register("diagnosis", Diagnosis, basename="diagnosis")
router.register("auth/tokens", Tokens, basename="token")
router.register("auth", Auth, basename="auth")
