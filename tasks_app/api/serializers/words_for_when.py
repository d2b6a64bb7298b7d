"""Words that say when a task runs, as other systems' clients send them, and what they ask for."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rest_framework import serializers

from tasks_app.api.serializers.strict import StrictForm, StringField
from tasks_app.exceptions import Invalid
from tasks_app.scheduling.definition import KINDS


class Word(NamedTuple):
    """Which kinds of schedule go with a word, which of them it needs, and why."""

    allowed: tuple[str, ...]
    needed: tuple[str, ...]
    sentence: str
    execution_types: tuple[str, ...] = ()


_AT_ONCE = "It is executed at once, so it has no schedule."
_AT_A_TIME = "It runs once, at its scheduled_time."
TASK_TYPES = {
    "periodic": Word(
        ("crontab", "interval", "solar"),
        ("crontab", "interval"),
        "It repeats by a crontab, or by an interval greater than 0.",
    ),
    "once": Word(
        ("scheduled_time",),
        (),
        "It runs once: at its scheduled_time, or at once without one.",
        ("immediate", "scheduled"),
    ),
    "scheduled": Word(("scheduled_time",), ("scheduled_time",), _AT_A_TIME, ("scheduled",)),
    "async": Word((), (), _AT_ONCE, ("immediate",)),
}
EXECUTION_TYPES = {
    "immediate": Word((), (), _AT_ONCE),
    "scheduled": Word(("scheduled_time",), ("scheduled_time",), _AT_A_TIME),
}


class WordsForWhen(StrictForm):
    """`task_type` is a free label but for four words; `execution_type` is only looked at here."""

    # Whether what a body leaves out is missing; a change leaves it as it is.
    is_whole = True

    task_type = StringField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text="A free label. Four words ask for a schedule that fits: `periodic` (a crontab or "
        "an interval), `scheduled` (a scheduled_time), `once` (a scheduled_time or none) and "
        "`async` (none).",
    )
    execution_type = serializers.ChoiceField(
        [*EXECUTION_TYPES],
        required=False,
        allow_null=True,
        help_text="`scheduled` asks for a scheduled_time, `immediate` for none.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a schedule that is missing, or contradicts the words."""
        said: dict[str, Any] = super().validate(attrs)
        task_type, execution_type = said.get("task_type"), said.pop("execution_type", None)
        if task_type in TASK_TYPES or execution_type:
            _drop_zeros(said)
        if task_type in TASK_TYPES and execution_type:
            _check_together(task_type, execution_type)
        for words, name in ((EXECUTION_TYPES, execution_type), (TASK_TYPES, task_type)):
            errors = dict(self._errors(name, words[name], said)) if name in words else {}
            if errors:
                raise Invalid(errors)
        return said

    def _errors(
        self, name: str, word: Word, said: Mapping[str, Any]
    ) -> Iterator[tuple[str, list[str]]]:
        given = [kind for kind in KINDS if said.get(kind) not in (None, "")]
        for kind in given:
            if kind not in word.allowed:
                yield kind, [f"{name} and {kind} contradict each other. {word.sentence}"]
        if self.is_whole and not given:
            for kind in word.needed:
                yield kind, [f"{name} needs this. {word.sentence}"]


def _drop_zeros(said: dict[str, Any]) -> None:
    """Forms send an interval of nothing where they mean none."""
    interval = said.get("interval")
    if isinstance(interval, dict) and not any(interval.values()):
        del said["interval"]


def _check_together(task_type: str, execution_type: str) -> None:
    if execution_type not in TASK_TYPES[task_type].execution_types:
        sentence = (
            f"{task_type} and {execution_type} contradict each other. "
            f"{TASK_TYPES[task_type].sentence}"
        )
        raise Invalid({"execution_type": [sentence]})
