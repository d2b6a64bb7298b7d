"""What may stand in a query string."""

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField, StatusField
from tasks_app.api.serializers.strict import StrictForm
from tasks_app.services.upcoming import MOST_HOURS, MOST_TICKS

MOST_ROWS = 200
FURTHEST_ROW = 1_000_000
MOST_LINES = 1000
# What JavaScript still counts exactly.
FURTHEST_LINE = 2**53 - 1
# The last page, and the one tick more that tells whether others follow.
FURTHEST_TICK = MOST_TICKS - MOST_ROWS - 1
HOURS_OF_A_WEEK = 168


class PageParameters(StrictForm):
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_ROWS, default=50, help_text="How many to answer."
    )
    skip = serializers.IntegerField(
        min_value=0, max_value=FURTHEST_ROW, default=0, help_text="How many to pass over first."
    )


class StatusParameters(StrictForm):
    status = StatusField(
        required=False,
        source="statuses",
        help_text="Only those in this state; every known word, in any case.",
    )


class CountParameters(StatusParameters):
    task_type = serializers.CharField(
        required=False, max_length=100, help_text="Only those with exactly this label."
    )


class RunParameters(StatusParameters, PageParameters):
    pass


class TaskParameters(CountParameters, PageParameters):
    pass


class ExecutionParameters(RunParameters):
    task = serializers.UUIDField(
        required=False, source="task_id", help_text="Only runs of the task with this id."
    )


class LogParameters(StrictForm):
    after = serializers.IntegerField(
        min_value=0,
        max_value=FURTHEST_LINE,
        default=0,
        help_text="Only lines after the one with this number; what an answer says as `after`.",
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_LINES, default=500, help_text="How many lines to answer."
    )


class DeleteParameters(StrictForm):
    live = serializers.ChoiceField(
        ["cancel", "refuse"],
        default="cancel",
        help_text="`cancel` stops live runs; `refuse` answers 409 if there are any.",
    )
    history = serializers.ChoiceField(
        ["keep", "remove"],
        default="keep",
        help_text="`keep` leaves its executions without a task; `remove` deletes the ended ones.",
    )


def _hours(most: int, default: int) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=most, default=default, help_text="How far to look ahead."
    )


class UpcomingParameters(PageParameters):
    hours = _hours(HOURS_OF_A_WEEK, 24)
    skip = serializers.IntegerField(
        min_value=0, max_value=FURTHEST_TICK, default=0, help_text="How many to pass over first."
    )


class UpcomingOfTaskParameters(UpcomingParameters):
    hours = _hours(MOST_HOURS, MOST_HOURS)


class WhyParameters(StrictForm):
    at = MomentField(
        required=False,
        help_text="The moment of a tick: why it ran, did not run, or will. Without a zone: UTC.",
    )
