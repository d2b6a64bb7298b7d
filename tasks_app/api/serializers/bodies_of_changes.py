"""What may stand in a body that changes a task, whole or in part."""

from rest_framework import serializers

from tasks_app.api.serializers.bodies import TaskFields
from tasks_app.api.serializers.fields import LONGEST_WORD, WORDS_FOR_STATUS
from tasks_app.api.serializers.flat_changes import FlatChanges
from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.strict import IntegerField, NumberField, StringField
from tasks_app.services.reporting_back import SETTABLE
from tasks_app.states import read_status

WORDS_FOR_OUTCOME = [word for word in WORDS_FOR_STATUS if read_status(word) in SETTABLE]


class Change(WithReason):
    """Who changes a task may say which version was read, and why."""

    version = IntegerField(
        required=False,
        min_value=1,
        help_text="As you read it: refused with 409 if the task was changed since.",
    )


class ReplacedTask(TaskFields, Change):
    """A whole task: what is not said is as in a new one, without a schedule; but its key stays."""


class ChangedTask(TaskFields, FlatChanges, Change):
    """Only what changes: null takes a part of the schedule away, and with its kind all of it."""

    is_whole = False

    name = StringField(required=False, max_length=200)
    celery_task_name = StringField(
        required=False,
        max_length=255,
        help_text="The job: a registered name or an alias of one.",
    )
    status = StringField(
        required=False,
        max_length=LONGEST_WORD,
        help_text="A final word ends its present run by hand: the job is asked to stop, and what "
        "it still says changes nothing; `running` only tells `progress`. "
        f"One of {', '.join(WORDS_FOR_OUTCOME)}.",
    )
    progress = NumberField(
        required=False, min_value=0, max_value=100, help_text="Of its present run, in percent."
    )
    result = serializers.JSONField(
        required=False, allow_null=True, help_text="Of the run that `status` ends."
    )
    error = StringField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="Of the run that `status` ends.",
    )
