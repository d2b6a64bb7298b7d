"""Questions about runs that may go."""

from collections.abc import Collection
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models.fields.json import KT

from tasks_app.states import Trigger


class OldRuns(models.QuerySet[Any]):
    """A part of the query set of executions."""

    def with_parents(self, ids: Collection[Any]) -> Self:
        """Those that one of these caused."""
        return self.filter(parent__in=ids)

    def locked_ids(self, *, no_key: bool = False) -> set[UUID]:
        """Their ids, locked for the caller's transaction; what somebody else holds is left out.

        With `no_key` rows may refer to them meanwhile, as the calls of a job do that runs.
        """
        locked = self.select_for_update(skip_locked=True, no_key=no_key)
        return set(locked.values_list("pk", flat=True))

    def parents(self) -> set[UUID]:
        """What caused these."""
        return set(self.values_list("parent", flat=True))

    def stock_schedules(self) -> set[str]:
        """The schedules that a scheduler other than ours made these of."""
        name = KT("envelope__headers__periodic_task_name")
        sent = self.filter(trigger=Trigger.CODE, envelope__headers__has_key="periodic_task_name")
        return set(sent.values_list(name, flat=True))

    def groups(self) -> dict[UUID, str]:
        """By id the group that each is a member of; left out are those of none."""
        grouped = self.filter(envelope__has_key="group_id")
        return dict(grouped.annotate(group=KT("envelope__group_id")).values_list("pk", "group"))
