"""The API: REST framework, its tokens and its description. Nothing here is set by anybody."""

from datetime import timedelta

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tasks_app.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["tasks_app.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tasks_app.api.errors.answer_refusal",
}
# The table of tokens is ours from the first migration: it cannot be swapped later.
KNOX_TOKEN_MODEL = "tasks_app.ApiToken"
# Without this, knox makes a table of its own that nothing uses and that `flush` trips over.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_PREFIX": "belfry_",
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Belfry",
    "DESCRIPTION": "Define Celery work, run it, watch it, stop it, and read what happened.\n\n"
    "A token may have a dialect: on the paths that its document shares, `status`, `priority` and "
    "`progress` are then told in that document's words and types, with `celery_id` beside them, "
    "and `status` as a filter means the rows that are answered with its word.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
