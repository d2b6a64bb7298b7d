"""The fields of the section "When" of a task's form, for all kinds of schedule at once."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from tasks_app.admin.when_values import BOUNDS, CRONTAB, INTERVAL, NEVER, ONCE, PARTS, SOLAR
from tasks_app.models.task import SCHEDULING
from tasks_app.scheduling.solar import EVENTS
from tasks_app.states import CronSemantics

KINDS = [
    (NEVER, "only when somebody executes it"),
    (ONCE, "once, at a time"),
    (CRONTAB, "by the clock (crontab)"),
    (INTERVAL, "again and again, after a time (interval)"),
    (SOLAR, "by the sun"),
]
POLICIES = [name for name in SCHEDULING if name != "cron_semantics"]
# Rows of the section, as Django's admin takes them.
ROWS: list[Any] = [
    "when",
    "scheduled_time",
    "timezone",
    tuple(PARTS[CRONTAB].values()),
    "cron_semantics",
    tuple(PARTS[INTERVAL].values()),
    tuple(PARTS[SOLAR].values()),
    BOUNDS,
    *zip(POLICIES[::2], POLICIES[1::2], strict=True),
]


def moment_field(label: str, help_text: str = "") -> forms.CharField:
    """A date and time in UTC, by the browser's own control; the services read the text."""
    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "step": "1"})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


def _text(label: str, initial: str = "", help_text: str = "") -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, initial=initial, widget=widget, help_text=help_text
    )


def _amount(label: str) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget
    return forms.IntegerField(label=label, required=False, min_value=0, initial=0, widget=widget)


def _degrees(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, widget=UnfoldAdminTextInputWidget)


class WhenFields(forms.ModelForm):
    """Each part a field of its own: without a script all are shown, and those of the chosen kind
    count."""

    when = forms.ChoiceField(
        label="It runs",
        choices=KINDS,
        initial=NEVER,
        widget=UnfoldAdminSelectWidget(attrs={"data-preview": reverse_lazy("schedule-preview")}),
    )
    scheduled_time = moment_field("Date and time (UTC)")
    timezone = _text("Time zone of the crontab", help_text="Such as Europe/London or UTC.")
    crontab_minute = _text("Minute", "0")
    crontab_hour = _text("Hour", "*")
    crontab_day_of_month = _text("Day of month", "*")
    crontab_month_of_year = _text("Month", "*")
    crontab_day_of_week = _text("Day of week", "*")
    cron_semantics = forms.ChoiceField(
        label="Day fields",
        choices=CronSemantics.choices,
        widget=UnfoldAdminSelectWidget,
        help_text="If both day of month and day of week are restricted, Celery runs on days that "
        "fit both (AND), while cron runs on days that fit either (OR).",
    )
    interval_days = _amount("Days")
    interval_hours = _amount("Hours")
    interval_minutes = _amount("Minutes")
    interval_seconds = _amount("Seconds")
    solar_event = forms.ChoiceField(
        label="Event",
        required=False,
        choices=[(event, event.replace("_", " ")) for event in EVENTS],
        initial="sunrise",
        widget=UnfoldAdminSelectWidget,
    )
    solar_latitude = _degrees("Latitude, degrees north")
    solar_longitude = _degrees("Longitude, degrees east")
    start_time = moment_field("Not before (UTC)", "An interval counts from here.")
    end_time = moment_field("Not at this time or later (UTC)")
    # What the fields held when the page was read: what differs was changed by this person.
    read_when = forms.CharField(required=False, widget=forms.HiddenInput)
