"""`/api/v1/tasks/{id}/`: what belongs to its schedule and its single ticks."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import page_of
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.bodies_of_schedules import NewBackfill, OneTick
from tasks_app.api.serializers.explanation import ExplanationSerializer
from tasks_app.api.serializers.parameters import UpcomingOfTaskParameters, WhyParameters
from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.ticks import (
    BackfillPreviewSerializer,
    BackfillSerializer,
    CancelledBackfillSerializer,
    TickSerializer,
    UpcomingTickSerializer,
)
from tasks_app.api.upcoming import answer_upcoming

BACKFILLED = schema.answers(202, BackfillSerializer, "Submitted.", 404, 409, 429, *schema.WITH_BODY)
COUNTED = schema.answers(200, BackfillPreviewSerializer, "With `dry_run`: only counted.")


class TicksOfTask(Resource):
    """A part of the resource `tasks`."""

    forms_of_parameters = {"upcoming": UpcomingOfTaskParameters, "why": WhyParameters}
    forms_of_bodies = {
        "skip": OneTick,
        "unskip": OneTick,
        "backfill": NewBackfill,
        "cancel_backfill": WithReason,
    }

    @extend_schema(
        parameters=[schema.ID_OF_TASK, UpcomingOfTaskParameters],
        responses=schema.answers(
            200, page_of(UpcomingTickSerializer), "The earliest first.", 404, 409
        ),
    )
    @action(detail=True)
    def upcoming(self, request: Request, task_id: str) -> Response:
        """List the ticks that a task has before it."""
        task = services.get_task(self.actor, task_id)
        return answer_upcoming(request, self.actor, task=task, **self.parameters)

    @extend_schema(
        parameters=[schema.ID_OF_TASK, WhyParameters],
        responses=schema.answers(200, ExplanationSerializer, "Why.", 404, 409),
    )
    @action(detail=True)
    def why(self, _: Request, task_id: str) -> Response:
        """Say why a task, or one tick of it, runs, waits, ran late or did not run."""
        task = services.get_task(self.actor, task_id)
        why = services.why_task(self.actor, task, **self.parameters)
        return answer(ExplanationSerializer, why)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=OneTick,
        examples=examples.ONE_TICK,
        responses=schema.answers(
            200, TickSerializer, "It will be skipped.", 404, 409, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def skip(self, _: Request, task_id: str) -> Response:
        """Put one coming tick aside."""
        task = services.get_task(self.actor, task_id)
        skip = services.skip_tick(self.actor, task, **self.body)
        tick = {"at": skip.scheduled_for, "skipped": True, "skip_reason": skip.reason}
        return answer(TickSerializer, tick)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=OneTick,
        examples=examples.ONE_TICK,
        responses=schema.answers(
            200, TickSerializer, "It is not put aside.", 404, 409, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def unskip(self, _: Request, task_id: str) -> Response:
        """Let a tick that was put aside run after all."""
        task = services.get_task(self.actor, task_id)
        services.unskip_tick(self.actor, task, **self.body)
        tick = {"at": self.body["at"], "skipped": False, "skip_reason": ""}
        return answer(TickSerializer, tick)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=NewBackfill,
        examples=examples.NEW_BACKFILL,
        responses=COUNTED | BACKFILLED,
    )
    @action(detail=True, methods=["post"])
    def backfill(self, _: Request, task_id: str) -> Response:
        """Run the ticks of a past range, or with `dry_run` count them."""
        task = services.get_task(self.actor, task_id)
        start, end = self.body.pop("start"), self.body.pop("end")
        if self.body.pop("dry_run"):
            counted = services.preview_backfill(self.actor, task, start, end)
            return answer(BackfillPreviewSerializer, counted)
        runs = services.backfill_task(self.actor, task, start, end, **self.body)
        return answer(BackfillSerializer, {"count": len(runs), "executions": runs}, 202)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=WithReason,
        responses=schema.answers(
            202,
            CancelledBackfillSerializer,
            "Stopped, or asked to stop.",
            404,
            409,
            *schema.WITH_BODY,
        ),
    )
    @action(detail=True, methods=["post"])
    def cancel_backfill(self, _: Request, task_id: str) -> Response:
        """Stop the backfilled runs of a task that have not ended."""
        task = services.get_task(self.actor, task_id)
        count = services.cancel_backfill(self.actor, task, **self.body)
        return answer(CancelledBackfillSerializer, {"count": count}, 202)
