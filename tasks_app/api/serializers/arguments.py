"""Arguments as they are answered: without secrets."""

from typing import Any

from rest_framework import serializers

from tasks_app.services import shown_arguments

AS_SHOWN = "As sent; `***` stands for passwords, tokens and the like."


class ArgsField(serializers.ListField):
    """The positional arguments of a task or a run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, row: Any) -> list[Any]:
        return shown_arguments(row).args


class KwargsField(serializers.DictField):
    """The keyword arguments of a task or a run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, row: Any) -> dict[str, Any]:
        return shown_arguments(row).kwargs
