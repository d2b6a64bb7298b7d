"""`/healthz`: this process answers. `/readyz`: everything that a run needs answers. No login."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tasks_app.reporting.health import check_health, open_alarms


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  (Django's signature)
    """Touches neither database nor broker: a probe that restarts this process asks here."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  (Django's signature)
    """200 or 503, with what each part says of itself. An open alarm alone is no 503: it is told."""
    checks = check_health()
    ready = all(fact["ok"] for fact in checks.values())
    body = {"ok": ready, "checks": checks, "alarms": open_alarms()}
    return JsonResponse(body, status=200 if ready else 503)
