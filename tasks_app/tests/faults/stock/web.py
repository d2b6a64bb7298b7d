"""A site that submits when it is asked to: `gunicorn tasks_app.tests.faults.stock.web`.

What it answers is acknowledged: `apply_async` has returned.
"""

import json

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

from tasks_app.tests.faults.stock import jobs
from tasks_app.tests.faults.stock.celery_app import app

app.set_default()


def submit(request: HttpRequest) -> JsonResponse:
    """`{"job": ..., "kwargs": {...}}` becomes a message."""
    told = json.loads(request.body)
    result = getattr(jobs, told["job"]).apply_async(kwargs=told["kwargs"])
    return JsonResponse({"id": result.id}, status=202)


urlpatterns = [path("api/v1/submit/", submit)]
application = get_wsgi_application()
