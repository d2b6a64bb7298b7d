"""What may stand in a body."""

from typing import NoReturn

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField, PriorityField
from tasks_app.api.serializers.flat_arguments import FlatArguments
from tasks_app.api.serializers.flat_schedule import FlatSchedule
from tasks_app.api.serializers.schedule import SchedulePolicies
from tasks_app.api.serializers.strict import (
    BooleanField,
    IntegerField,
    NumberField,
    StrictForm,
    StringField,
)
from tasks_app.api.serializers.task import TaskSerializer
from tasks_app.api.serializers.words_for_when import WordsForWhen
from tasks_app.exceptions import Invalid
from tasks_app.models.validators import LONGEST_NAME, MOST_NAMES
from tasks_app.states import OnLost, UniqueRuns

LONGEST_COUNTDOWN = 366 * 24 * 3600


def _names(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=StringField(max_length=LONGEST_NAME),
        required=False,
        max_length=MOST_NAMES,
        help_text=help_text,
    )


class TaskFields(WordsForWhen, FlatArguments, SchedulePolicies, FlatSchedule):
    """What may be said of a task: what it runs, when and how."""

    name = StringField(max_length=200)
    celery_task_name = StringField(
        max_length=255, help_text="The job: a registered name or an alias of one."
    )
    args = serializers.ListField(required=False, help_text="Positional arguments of the job.")
    kwargs = serializers.DictField(required=False, help_text="Keyword arguments of the job.")
    key = StringField(
        required=False,
        allow_null=True,
        max_length=100,
        help_text="Your own id, unique among your tasks; it can stand for the id in paths.",
    )
    description = StringField(required=False, allow_blank=True, trim_whitespace=False)
    tags = serializers.ListField(
        child=StringField(max_length=50), required=False, max_length=20, help_text="Free words."
    )
    enabled = BooleanField(required=False, help_text="`false` also keeps it from starting now.")
    priority = PriorityField(required=False, help_text="2, normal, if not given.")
    queue = StringField(
        required=False, allow_blank=True, max_length=100, help_text="Empty: by priority."
    )
    soft_time_limit = IntegerField(
        required=False, allow_null=True, help_text="Seconds until the job is asked to end."
    )
    time_limit = IntegerField(
        required=False, allow_null=True, help_text="Seconds until the job is ended."
    )
    max_retries = IntegerField(
        required=False, allow_null=True, help_text="Null: as the job declares."
    )
    retry_backoff = IntegerField(
        required=False, help_text="Seconds before the first retry, doubled for each further one."
    )
    retry_backoff_max = IntegerField(required=False, help_text="Seconds at most.")
    retry_jitter = BooleanField(
        required=False, help_text="Wait a random part of the delay, so that retries spread."
    )
    expires_after = IntegerField(
        required=False, allow_null=True, help_text="Seconds until an unstarted run is given up."
    )
    on_lost = serializers.ChoiceField(
        OnLost.choices, required=False, help_text="What happens to a run whose worker died."
    )
    retry_on = _names(
        "Errors that are tried again, by the name of their class or of a base of it, bare or with "
        "its module; empty: all."
    )
    fail_on = _names("Errors that end a run at once, whatever tries are left; named alike.")
    cancel_grace = IntegerField(
        required=False,
        allow_null=True,
        help_text="Seconds that a cancelled run has to stop by itself; null: the installation's.",
    )
    unique_runs = serializers.ChoiceField(
        UniqueRuns.choices,
        required=False,
        help_text="What becomes of a new run while one with the same arguments is live; empty: it "
        "starts beside it.",
    )
    unique_keys = _names("The arguments that `unique_runs` compares, by name; empty: all of them.")
    unique_for = IntegerField(
        required=False,
        allow_null=True,
        help_text="With `unique_runs`, also one run at most in each period of so many seconds, "
        "counted from 1970.",
    )
    keep_log = BooleanField(
        required=False, help_text="Keep the lines that its runs log and print; they are by default."
    )

    def refuse(self, unknown: list[str]) -> NoReturn:
        """Raise Invalid; a field that answers carry is called read-only."""
        if read_only := [name for name in unknown if name in TaskSerializer().fields]:
            raise Invalid({name: ["This is read-only."] for name in read_only})
        super().refuse(unknown)


class NewTask(TaskFields):
    """A task to be defined, and executed at once or by its schedule."""

    start = serializers.ChoiceField(
        ["now", "manual"],
        required=False,
        help_text="`now` also executes it at once, which is the default without a schedule.",
    )


class NewExecution(StrictForm):
    """How one run differs from its task."""

    args = serializers.ListField(required=False, help_text="Instead of the task's own.")
    kwargs = serializers.DictField(required=False, help_text="Instead of the task's own.")
    priority = PriorityField(required=False, help_text="Instead of the task's own.")
    queue = StringField(required=False, max_length=100, help_text="Instead of the task's own.")
    run_at = MomentField(required=False, help_text="Not before this time; without a zone: UTC.")
    countdown = NumberField(
        required=False,
        min_value=0,
        max_value=LONGEST_COUNTDOWN,
        help_text="Not before so many seconds have passed.",
    )
    scheduled_for = MomentField(
        required=False,
        help_text="The moment that the run stands for, if not the time at which it runs.",
    )
