"""Schedules in plain sentences, for people who do not read five fields."""

from typing import Any

from tasks_app.scheduling.describing import chinese, english
from tasks_app.scheduling.describing.shape import recognise


def describe(plan_json: dict[str, Any], language: str = "en") -> str:
    """One sentence without a full stop, such as `Every day at 09:00 (Europe/London)`.

    `plan_json` is the canonical form of a plan that can be computed. A language that starts with
    `zh` answers in Chinese, every other one in English.
    """
    write = chinese.write if language.lower().startswith("zh") else english.write
    return write(recognise(plan_json))
