"""What may stand in a body that asks about a schedule or changes single ticks."""

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.api.serializers.flat_schedule import FlatSchedule
from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.strict import (
    BooleanField,
    IntegerField,
    NumberField,
    StringField,
)
from tasks_app.services.backfilling import MOST
from tasks_app.services.previewing import MOST_FIRES


class NewPreview(FlatSchedule):
    """A schedule as a task's body says it, and how much of it to show."""

    count = IntegerField(
        required=False, min_value=1, max_value=MOST_FIRES, help_text="10 if not given."
    )
    zone = StringField(
        required=False,
        max_length=63,
        help_text="Whose local times are shown beside the schedule's own; UTC if not given.",
    )
    after = MomentField(required=False, help_text="Fires later than this; now if not given.")
    task = StringField(
        required=False,
        max_length=100,
        help_text="Id or key of the task that would have this schedule: `notes` leave out the "
        "one it has now.",
    )


class OneTick(WithReason):
    """A coming tick of a task, by its moment."""

    at = MomentField(help_text="The tick's exact moment; without a zone: UTC.")


class NewBackfill(WithReason):
    """The range whose ticks are run, and how."""

    start = MomentField(help_text="The first moment of the range.")
    end = MomentField(help_text="The first moment after it; not later than now.")
    order = serializers.ChoiceField(
        ["in_order", "at_once"],
        required=False,
        help_text="`in_order`, the default: each starts when the one before has ended.",
    )
    pace = NumberField(
        required=False, min_value=0, help_text="Seconds between the starts, with `at_once`."
    )
    dry_run = BooleanField(
        default=False, help_text=f"Only count the runs; a backfill has {MOST} at most."
    )
