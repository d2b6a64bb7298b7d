"""An execution as it is answered: short in lists, whole with its documents and attempts alone."""

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks_app.api.serializers.arguments import AS_SHOWN, ArgsField, KwargsField
from tasks_app.api.serializers.fields import MomentField, NamesField
from tasks_app.api.serializers.seconds import seconds_between
from tasks_app.models import Attempt, TaskExecution
from tasks_app.redaction import redact
from tasks_app.reporting.cancelling import CancelState, cancel_state
from tasks_app.reporting.followers import CHORD, ON_ERROR, THEN, followers
from tasks_app.states import Trigger

MOST_RERUNS = 100
MOMENTS = {models.DateTimeField: MomentField}


class AttemptSerializer(serializers.ModelSerializer):
    """A try that failed, was lost or was given back."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | MOMENTS

    class Meta:
        model = Attempt
        fields = read_only_fields = [
            "number",
            "outcome",
            "worker",
            "started_at",
            "ended_at",
            "error",
            "traceback",
            "code_version",
        ]


class FollowerSerializer(serializers.Serializer):
    """A job that waits for the end of a run."""

    kind = serializers.ChoiceField(
        choices=[THEN, CHORD, ON_ERROR],
        help_text="It runs when this run succeeds, when all of its group have, or when it fails.",
    )
    job = serializers.CharField()


class ExecutionSerializer(serializers.ModelSerializer):
    """A run without its large documents."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | MOMENTS
    task_name = serializers.CharField(source="task.name", allow_null=True, read_only=True)
    owner = serializers.CharField(source="owner.username", allow_null=True, read_only=True)
    triggered_by = serializers.CharField(
        source="triggered_by.username", allow_null=True, read_only=True
    )
    cancel_requested_by = serializers.CharField(
        source="cancel_requested_by.username", allow_null=True, read_only=True
    )
    reason_text = serializers.CharField(
        source="get_reason_display", read_only=True, help_text="The reason as a sentence."
    )
    progress_data = serializers.DictField(read_only=True)
    cancel_state = serializers.SerializerMethodField()
    wait = serializers.SerializerMethodField(help_text="Seconds from due to start.")
    duration = serializers.SerializerMethodField(help_text="Seconds from start to end.")

    class Meta:
        model = TaskExecution
        fields = read_only_fields = [
            "id",
            "task",
            "task_name",
            "celery_task_name",
            "trigger",
            "triggered_by",
            "owner",
            "parent",
            "schedule_name",
            "scheduled_for",
            "missed_from",
            "missed_count",
            "queue",
            "priority",
            "status",
            "reason",
            "reason_text",
            "progress",
            "progress_message",
            "progress_data",
            "progress_at",
            "attempt",
            "failed_tries",
            "worker_deaths",
            "max_attempts",
            "keep_log",
            "worker",
            "code_version",
            "run_at",
            "expires_at",
            "created_at",
            "started_at",
            "finished_at",
            "wait",
            "duration",
            "error",
            "cancel_requested_at",
            "cancel_requested_by",
            "cancel_seen_at",
            "cancel_state",
            "cancel_grace",
        ]

    @extend_schema_field(
        serializers.ChoiceField(
            choices=CancelState.choices,
            allow_null=True,
            help_text="How far a request to stop has come; null if nobody asked.",
        )
    )
    def get_cancel_state(self, execution: TaskExecution) -> str | None:
        return cancel_state(execution)

    def get_wait(self, execution: TaskExecution) -> float | None:
        return seconds_between(execution.run_at, execution.started_at)

    def get_duration(self, execution: TaskExecution) -> float | None:
        return seconds_between(execution.started_at, execution.finished_at)


class ExecutionDetailSerializer(ExecutionSerializer):
    """A run with what it was given, what it answered, and the tries before."""

    args = ArgsField(help_text=AS_SHOWN)
    kwargs = KwargsField(help_text=AS_SHOWN)
    result = serializers.JSONField(allow_null=True, read_only=True)
    checkpoint = serializers.SerializerMethodField(
        help_text="What an attempt saved for the next; `***` stands for secrets."
    )
    attempts = AttemptSerializer(many=True, read_only=True)
    retry_on = NamesField(read_only=True, help_text="Errors that are tried again; empty: all.")
    fail_on = NamesField(read_only=True, help_text="Errors that end it at once.")
    reruns = serializers.SerializerMethodField(
        help_text="The runs that repeat it, the oldest first; the first 100 of them."
    )
    follows = serializers.SerializerMethodField(
        help_text="What waits for its end: callbacks, steps of a chain, the body of a chord."
    )

    class Meta(ExecutionSerializer.Meta):
        fields = read_only_fields = [
            *ExecutionSerializer.Meta.fields,
            "args",
            "kwargs",
            "result",
            "checkpoint",
            "traceback",
            "retry_on",
            "fail_on",
            "attempts",
            "follows",
            "reruns",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_reruns(self, execution: TaskExecution) -> list[str]:
        return execution.children.caused_by(Trigger.RERUN).ids_in_order(MOST_RERUNS)

    @extend_schema_field(FollowerSerializer(many=True))
    def get_follows(self, execution: TaskExecution) -> list[dict[str, str]]:
        return [follower._asdict() for follower in followers(execution)]

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_checkpoint(self, execution: TaskExecution) -> Any:
        """Stored as saved, for the next attempt; shown without secrets."""
        return redact(execution.checkpoint)
