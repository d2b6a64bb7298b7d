"""Pruning: its body, and what it is answered."""

from rest_framework import serializers

from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.strict import BooleanField
from tasks_app.services.asking_to_prune import MOST_COUNTED


class NewPruning(WithReason):
    """Which runs go, the settings say: RETENTION_DAYS and KEEP_LAST_RUNS."""

    dry_run = BooleanField(default=False, help_text="Only count the runs that would go.")


class PruningPreviewSerializer(serializers.Serializer):
    """How many runs would go."""

    total = serializers.IntegerField(read_only=True)
    by_status = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, help_text="Without those that are 0."
    )
    more = serializers.BooleanField(
        read_only=True, help_text=f"Whether the count stopped, at {MOST_COUNTED:,}."
    )
