"""Single parts of a crontab or an interval that change, while the others stay."""

from typing import Any

from tasks_app.api.serializers.flat_schedule import CRONTAB, INTERVAL, FlatSchedule
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, UNITS
from tasks_app.scheduling.partial import Parts

# The fields of each whole, and what null leaves of one of them.
FLAT = {
    CRONTAB: ([f"{CRONTAB}_{part}" for part in FIELDS_OF_CRONTAB], "*"),
    INTERVAL: ([f"{INTERVAL}_{unit}" for unit in UNITS], 0),
}


class FlatChanges(FlatSchedule):
    """Null empties a part; null for all parts takes the whole away, as null for it does."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises Invalid where a field is given whole and in parts."""
        open_ones = [whole for whole in FLAT if whole not in attrs]
        said = super().validate(_without_nulls(attrs))
        return {
            name: Parts(value) if name in open_ones and isinstance(value, dict) else value
            for name, value in said.items()
        }


def _without_nulls(attrs: dict[str, Any]) -> dict[str, Any]:
    said = dict(attrs)
    for whole, (names, nothing) in FLAT.items():
        emptied = [name for name in names if name in said and said[name] in (None, "")]
        for name in emptied:
            said[name] = nothing
        if len(emptied) == len(names):
            said = {name: value for name, value in said.items() if name not in names}
            said.setdefault(whole, None)
    if "crontab_timezone" in said and not said["crontab_timezone"]:
        del said["crontab_timezone"]
        said.setdefault("timezone", None)
    return said
