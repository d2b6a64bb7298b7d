"""What may stand in a body that is about one run."""

from rest_framework import serializers

from tasks_app.api.serializers.reason import WithReason


class NewRerun(WithReason):
    """How a rerun differs from the run that it repeats."""

    args = serializers.ListField(
        required=False, help_text="Instead of its own; `***` keeps the secret in that place."
    )
    kwargs = serializers.DictField(
        required=False, help_text="Instead of its own; `***` keeps the secret in that place."
    )
