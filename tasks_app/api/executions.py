"""`/api/v1/executions/`."""

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.pruning import PruningOfRuns
from tasks_app.api.serializers.bodies_of_runs import NewRerun
from tasks_app.api.serializers.execution import (
    AttemptSerializer,
    ExecutionDetailSerializer,
    ExecutionSerializer,
)
from tasks_app.api.serializers.explanation import ExplanationSerializer
from tasks_app.api.serializers.log import RunLogSerializer
from tasks_app.api.serializers.parameters import (
    ExecutionParameters,
    LogParameters,
    PageParameters,
)


class Executions(PruningOfRuns):
    """What ran, runs or will run, and why it is where it is."""

    forms_of_parameters = {
        "list": ExecutionParameters,
        "attempts": PageParameters,
        "log": LogParameters,
    }
    forms_of_bodies = {**PruningOfRuns.forms_of_bodies, "rerun": NewRerun}
    lookup_url_kwarg = "execution_id"
    lookup_value_regex = r"[0-9A-Za-z-]{1,100}"

    @extend_schema(
        parameters=[ExecutionParameters],
        responses=schema.answers(200, page_of(ExecutionSerializer), "The newest first."),
    )
    def list(self, request: Request) -> Response:
        """List your runs, without arguments, results and tracebacks."""
        runs = partial(services.get_executions, self.actor)
        return answer_page(request, ExecutionSerializer, runs, **self.parameters)

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION],
        responses=schema.answers(200, ExecutionDetailSerializer, "The run.", 404),
    )
    def retrieve(self, _: Request, execution_id: str) -> Response:
        """Show a run with its arguments, result, traceback and earlier attempts."""
        return answer(ExecutionDetailSerializer, services.get_execution(self.actor, execution_id))

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION],
        request=None,
        responses=schema.answers(
            202, ExecutionSerializer, "Stopped, or asked to stop.", 404, 409, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def cancel(self, _: Request, execution_id: str) -> Response:
        """Stop a run: what waits never starts, and what runs is asked to stop."""
        execution = services.get_execution(self.actor, execution_id)
        cancelled = services.cancel_execution(self.actor, execution)
        return answer(ExecutionSerializer, cancelled, 202)

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION],
        request=NewRerun,
        examples=examples.NEW_RERUN,
        responses=schema.answers(
            202, ExecutionSerializer, "The new run.", 404, 409, 429, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def rerun(self, _: Request, execution_id: str) -> Response:
        """Run once more what is over, exactly as it was or with other arguments.

        A new run with the job, arguments, queue, priority, limits, policies and logical time of the
        old one, which is its `parent`. A step of a canvas runs alone: nothing follows its end.
        """
        execution = services.get_execution(self.actor, execution_id)
        new = services.rerun_execution(self.actor, execution, **self.body)
        return answer(ExecutionSerializer, new, 202)

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION],
        responses=schema.answers(200, ExplanationSerializer, "Why.", 404),
    )
    @action(detail=True)
    def why(self, _: Request, execution_id: str) -> Response:
        """Say why a run waits, runs, was late or ended as it did."""
        execution = services.get_execution(self.actor, execution_id)
        return answer(ExplanationSerializer, services.why_execution(self.actor, execution))

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION, PageParameters],
        responses=schema.answers(200, page_of(AttemptSerializer), "The first try first.", 404),
    )
    @action(detail=True)
    def attempts(self, request: Request, execution_id: str) -> Response:
        """List the tries of a run that failed, were lost or were given back."""
        execution = services.get_execution(self.actor, execution_id)
        tries = partial(services.get_attempts, self.actor, execution)
        return answer_page(request, AttemptSerializer, tries, **self.parameters)

    @extend_schema(
        parameters=[schema.ID_OF_EXECUTION, LogParameters],
        responses=schema.answers(200, RunLogSerializer, "The oldest line first.", 404),
    )
    @action(detail=True)
    def log(self, _: Request, execution_id: str) -> Response:
        """Read what a run logs and prints, also while it runs: ask again with the `after` of the
        last answer until `final` is true and no lines come."""
        execution = services.get_execution(self.actor, execution_id)
        page = services.read_log(self.actor, execution, **self.parameters)
        return answer(RunLogSerializer, page)
