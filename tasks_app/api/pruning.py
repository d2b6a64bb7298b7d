"""`prune` below `/api/v1/executions/`."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.execution import ExecutionSerializer
from tasks_app.api.serializers.pruning import NewPruning, PruningPreviewSerializer

COUNTED = schema.answers(200, PruningPreviewSerializer, "With `dry_run`: only counted.")
STARTED = schema.answers(202, ExecutionSerializer, "The run that prunes.", 429, *schema.WITH_BODY)


class PruningOfRuns(Resource):
    """A part of the resource `executions`."""

    forms_of_bodies = {"prune": NewPruning}

    @extend_schema(
        request=NewPruning,
        examples=examples.NEW_PRUNING,
        responses=COUNTED | STARTED | schema.SUPERUSERS_ONLY,
    )
    @action(detail=False, methods=["post"])
    def prune(self, _: Request) -> Response:
        """Delete runs that ended long ago, or with `dry_run` count them. For superusers.

        A run in the background deletes everybody's runs that ended longer ago than RETENTION_DAYS
        says, but for the newest KEEP_LAST_RUNS of each task. What is live, or needed by what is
        live, stays. Cancelling that run stops it; what is deleted is deleted.
        """
        if self.body.pop("dry_run"):
            return answer(PruningPreviewSerializer, services.preview_pruning(self.actor))
        return answer(ExecutionSerializer, services.start_pruning(self.actor, **self.body), 202)
