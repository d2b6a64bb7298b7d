"""A task as it is answered, with the state of the run it is known by."""

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks_app.api.serializers.arguments import AS_SHOWN, ArgsField, KwargsField
from tasks_app.api.serializers.execution import ExecutionSerializer
from tasks_app.api.serializers.fields import MomentField, NamesField
from tasks_app.api.serializers.seconds import seconds_between
from tasks_app.api.serializers.shown_schedule import ShownScheduleSerializer
from tasks_app.models import Task
from tasks_app.models.policies import POLICIES
from tasks_app.models.task import SCHEDULING
from tasks_app.states import Reason, Status


@extend_schema_field(
    {
        "type": "object",
        "properties": {word: {"type": "integer"} for word in Status.values},
        "required": Status.values,
    }
)
class CountsField(serializers.DictField):
    """A number for each status."""


class StatusSerializer(serializers.Serializer):
    """What a task tells of its run; before the first run it is pending."""

    id = serializers.UUIDField(read_only=True)
    execution_id = serializers.UUIDField(source="current.id", allow_null=True, read_only=True)
    status = serializers.ChoiceField(
        Status.choices, source="current.status", default=Status.PENDING, read_only=True
    )
    reason = serializers.ChoiceField(
        Reason.choices, source="current.reason", default="", allow_blank=True, read_only=True
    )
    progress = serializers.FloatField(
        source="current.progress", default=0.0, min_value=0, max_value=100, read_only=True
    )
    progress_message = serializers.CharField(
        source="current.progress_message", default="", read_only=True
    )
    progress_data = serializers.DictField(
        source="current.progress_data", default=dict, read_only=True
    )
    progress_at = MomentField(source="current.progress_at", allow_null=True, read_only=True)
    result = serializers.JSONField(source="current.result", allow_null=True, read_only=True)
    error = serializers.CharField(source="current.error", default="", read_only=True)
    started_at = MomentField(source="current.started_at", allow_null=True, read_only=True)
    finished_at = MomentField(source="current.finished_at", allow_null=True, read_only=True)
    duration = serializers.SerializerMethodField(help_text="Seconds from start to end.")

    def get_duration(self, task: Task) -> float | None:
        run = task.current
        return seconds_between(run.started_at, run.finished_at) if run else None


class TaskSerializer(StatusSerializer, ShownScheduleSerializer, serializers.ModelSerializer):
    """A task with its policies, its schedule and its state."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: MomentField
    }
    owner = serializers.CharField(source="owner.username", read_only=True)
    args = ArgsField(help_text=AS_SHOWN)
    kwargs = KwargsField(help_text=AS_SHOWN)
    tags = NamesField(read_only=True)
    retry_on = NamesField(read_only=True, help_text="Errors that are tried again; empty: all.")
    fail_on = NamesField(read_only=True, help_text="Errors that end a run at once.")
    unique_keys = NamesField(read_only=True, help_text="What `unique_runs` compares; empty: all.")

    class Meta:
        model = Task
        fields = read_only_fields = [
            "id",
            "key",
            "name",
            "description",
            "task_type",
            "tags",
            "celery_task_name",
            "args",
            "kwargs",
            "enabled",
            "priority",
            "queue",
            *POLICIES,
            *ShownScheduleSerializer._declared_fields,
            *SCHEDULING,
            "owner",
            "created_at",
            "updated_at",
            "version",
            *[name for name in StatusSerializer._declared_fields if name != "id"],
        ]


class CountSerializer(serializers.Serializer):
    """How many tasks there are."""

    total = serializers.IntegerField(help_text="Of those that were asked for.")
    by_status = CountsField(help_text="A number for each status; a task that never ran is pending.")


class CreatedTaskSerializer(TaskSerializer):
    """A new task with the run that was started at once, if one was."""

    execution = ExecutionSerializer(source="current", allow_null=True, read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = read_only_fields = [*TaskSerializer.Meta.fields, "execution"]


class CancelledTaskSerializer(TaskSerializer):
    """A task with the runs that were stopped or asked to stop."""

    executions = serializers.SerializerMethodField()

    class Meta(TaskSerializer.Meta):
        fields = read_only_fields = [*TaskSerializer.Meta.fields, "executions"]

    @extend_schema_field(ExecutionSerializer(many=True))
    def get_executions(self, _: Task) -> Any:
        return ExecutionSerializer(self.context["executions"], many=True).data
