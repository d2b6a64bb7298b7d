"""All paths. Those of the API work with and without their trailing slash, never by a redirect."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tasks_app.api.docs import Redoc, Schema, Swagger
from tasks_app.api.error_pages import no_such_path
from tasks_app.api.health import healthz, readyz
from tasks_app.api.router import router

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1", router.get_api_root_view()),
    path("api/v1/", include(router.urls)),
    re_path(r"^api/schema/?$", Schema.as_view(), name="schema"),
    re_path(r"^docs/?$", Swagger.as_view(), name="docs"),
    re_path(r"^redoc/?$", Redoc.as_view(), name="redoc"),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    re_path(r"^readyz/?$", readyz, name="readyz"),
    re_path(r"^api(?:/|$)", no_such_path),
]

handler400 = "tasks_app.api.error_pages.bad_request"
handler500 = "tasks_app.api.error_pages.server_error"
