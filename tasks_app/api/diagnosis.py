"""`/api/v1/diagnosis/`: what the doctor finds."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import schema
from tasks_app.api.answering import answer
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.diagnosis import DiagnosisSerializer


class Diagnosis(Resource):
    """What is wrong with this installation, and what to do."""

    # One answer, although it is what an action called `list` gives.
    @extend_schema(
        operation_id="diagnosis_retrieve",
        responses=schema.answers(200, DiagnosisSerializer, "The worst first.")
        | schema.SUPERUSERS_ONLY,
    )
    def list(self, _: Request) -> Response:
        """Examine database, broker, clocks, processes, queues, runs, schedules, settings and space.
        For superusers.

        It changes nothing, asks no worker, and answers within seconds while the broker is down.
        While the database is down nobody can be known here: then ask `manage.py doctor`.
        """
        return answer(DiagnosisSerializer, services.get_diagnosis(self.actor))
