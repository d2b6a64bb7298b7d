"""A pause as it is answered, and what a body says of a new one."""

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.strict import BooleanField, NumberField, StringField
from tasks_app.reporting.explaining.held import MOST_COUNTED

LONGEST_NAME = 100


class PauseSerializer(serializers.Serializer):
    """What is held, by whom, why and until when."""

    id = serializers.UUIDField(read_only=True)
    task = serializers.UUIDField(
        source="task_id", allow_null=True, read_only=True, help_text="Null: it holds no task."
    )
    task_name = serializers.CharField(source="task.name", default=None, read_only=True)
    queue = serializers.CharField(read_only=True, help_text="Empty: it holds no queue.")
    everything = serializers.BooleanField(source="is_of_everything", read_only=True)
    reason = serializers.CharField(read_only=True)
    paused_by = serializers.CharField(source="user_name", read_only=True)
    created_at = MomentField(read_only=True)
    expires_at = MomentField(
        allow_null=True, read_only=True, help_text="Null: until somebody resumes it."
    )
    waiting = serializers.IntegerField(
        read_only=True,
        help_text=f"How many runs are due and wait for its end; {MOST_COUNTED}: or more.",
    )


class PauseOfTask(WithReason):
    """Why a task is held, and until when."""

    expires_at = MomentField(
        required=False, help_text="When it ends by itself; without a zone: UTC. Not given: never."
    )
    expires_in = NumberField(
        required=False, help_text="The same in seconds from now, a year at most."
    )


class NewPause(PauseOfTask):
    """What is held: exactly one of `task`, `queue` and `everything`."""

    task = StringField(required=False, max_length=LONGEST_NAME, help_text="Its id, or its key.")
    queue = StringField(
        required=False, max_length=LONGEST_NAME, help_text="Its name. For superusers."
    )
    everything = BooleanField(required=False, help_text="`true`: all runs. For superusers.")
