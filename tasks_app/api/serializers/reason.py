"""Why somebody asks for something: for the audit trail."""

from tasks_app.api.serializers.strict import StrictForm, StringField

LONGEST_REASON = 1_000


class WithReason(StrictForm):
    """A change that the history tells of."""

    reason = StringField(
        required=False, allow_blank=True, max_length=LONGEST_REASON, help_text="For the history."
    )
