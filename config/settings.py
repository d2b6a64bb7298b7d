"""All settings, read from the environment or `.env` and from nowhere else.

What may hurt in production is refused at start by the system checks in `tasks_app/checks.py`.
"""

import sys
from pathlib import Path

import environ

from config.api import (  # noqa: F401  (settings of Django)
    KNOX_TOKEN_MODEL,
    MIGRATION_MODULES,
    REST_FRAMEWORK,
    REST_KNOX,
    SPECTACULAR_SETTINGS,
)
from config.kept_files import checked_out_commit, kept_secret, kept_text
from config.process_log import log_handler
from config.time_outs import with_time_outs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if not env.bool("BELFRY_IGNORE_DOTENV", default=False):
    environ.Env.read_env(BASE_DIR / ".env")

# Everything Belfry writes on one machine: database, broker, keys, documents.
VAR_DIR: Path = BASE_DIR / env("VAR_DIR", default="var")
INPUT_DIR = BASE_DIR / env("INPUT_DIR", default=str(VAR_DIR / "input"))
OUTPUT_DIR = BASE_DIR / env("OUTPUT_DIR", default=str(VAR_DIR / "output"))

# --- Django ---
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret.key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Paths work with and without their trailing slash; a redirect would lose a POST's body.
APPEND_SLASH = False

INSTALLED_APPS = [
    "tasks_app",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_celery_results",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ---
_database = env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'belfry.sqlite3'}")
DATABASES = {"default": _database}
if _database["ENGINE"].endswith("sqlite3"):
    # Short write transactions that take the lock at BEGIN never fail half way with "locked".
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    _database["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    # A host that is gone is noticed in seconds, not in the minutes of TCP's own patience.
    _options = {"connect_timeout": 5, "keepalives_idle": 5, "tcp_user_timeout": 10_000}
    _database["OPTIONS"] = with_time_outs(_options | _database.get("OPTIONS", {}), sys.argv)
# Workers and beat keep one connection: opening one for each run costs more than the run itself.
_database["CONN_MAX_AGE"] = None
_database["CONN_HEALTH_CHECKS"] = True
CELERY_DB_REUSE_MAX = 10**9
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Time, language, files ---
TIME_ZONE = env("TIME_ZONE", default="UTC")
LANGUAGE_CODE = "en"
STATIC_URL = "static/"
# No collectstatic: files are served from where they are installed.
WHITENOISE_USE_FINDERS = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{rule}Validator"}
    for rule in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=False)
# Only behind a proxy that sets this header itself: else anybody can claim to come over HTTPS.
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None

# --- Celery ---
_broker_url = env("CELERY_BROKER_URL", default="") or env("REDIS_URL", default="")
BROKER_IS_CONFIGURED = bool(_broker_url)
# `manage.py up` leaves the address of its embedded broker for other shells.
CELERY_BROKER_URL = _broker_url or kept_text(VAR_DIR / "broker.url") or "redis://localhost:6379/0"
# `django-db` means the ledger; another address serves only what the ledger does not manage.
CELERY_RESULT_BACKEND = env("CELERY_RESULT_BACKEND", default="django-db")
CELERY_TASK_SERIALIZER = env("CELERY_TASK_SERIALIZER", default="json")
CELERY_RESULT_SERIALIZER = env("CELERY_RESULT_SERIALIZER", default="json")
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = env("CELERY_TIMEZONE", default=TIME_ZONE)
CELERY_WORKER_CONCURRENCY = env.int("CELERY_WORKER_CONCURRENCY", default=0) or None
# How long SIGQUIT lets running jobs go on before the worker gives back or ends them.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.int("CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT", default=10)
CELERY_BEAT_SCHEDULER = env("CELERY_BEAT_SCHEDULER", default="tasks_app.runtime.beat:DueScheduler")
CELERY_TASK_DEFAULT_QUEUE = "default"
# Like `{"shop.reports.*": "reports"}`; a worker serves such a queue with -Q.
CELERY_TASK_ROUTES = env.json("CELERY_TASK_ROUTES", default={})
# A worker without -Q serves all three; broker priority orders inside and across them.
CELERY_TASK_QUEUES: dict[str, dict] = {"high_priority": {}, "default": {}, "low_priority": {}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The message is a doorbell: acknowledged at once, for the row is what nobody may lose.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "socket_keepalive": True,
    # One try: a publisher reports a dead broker at once, and the relay rings later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Belfry ---
LEASE_SECONDS = env.int("LEASE_SECONDS", default=15)
HEARTBEAT_SECONDS = env.int("HEARTBEAT_SECONDS", default=5)
# Messages that another producer made are written down when a worker gets them. Hardened
# installations refuse them: then writing to the broker does not let anybody run anything.
REFUSE_FOREIGN_MESSAGES = env.bool("REFUSE_FOREIGN_MESSAGES", default=False)
CANCEL_GRACE_SECONDS = env.int("CANCEL_GRACE_SECONDS", default=10)
# More runs than this are not let in to wait: of one owner, and in all.
WAITING_RUNS_PER_OWNER_MAX = env.int("WAITING_RUNS_PER_OWNER_MAX", default=100_000)
WAITING_RUNS_MAX = env.int("WAITING_RUNS_MAX", default=1_000_000)
# Ended runs stay so many days, by status; for ever where it is 0, null or not named.
RETENTION_DAYS = env.json(
    "RETENTION_DAYS", default={"success": 30, "failure": 90, "revoked": 30, "skipped": 30}
)
# The newest runs of each task stay however old they are.
KEEP_LAST_RUNS = env.int("KEEP_LAST_RUNS", default=20)
# Of the log of one attempt; the newest lines are kept.
LOG_LINES_MAX = env.int("LOG_LINES_MAX", default=10_000)
LOG_BYTES_MAX = env.int("LOG_BYTES_MAX", default=1024 * 1024)
CODE_VERSION = env("CODE_VERSION", default="") or checked_out_commit(BASE_DIR)
# Further names under which secrets stand; `redaction` knows the usual ones.
REDACT_KEYS = env.list("REDACT_KEYS", default=[])
# Names under which jobs were known before; tasks that use them keep running.
_JOBS = "tasks_app.jobs"
_DEMOS = ("demo_async_task", "demo_periodic_task", "demo_scheduled_task", "demo_dynamic_task")
JOB_ALIASES = {
    "app.tasks.common_tasks.long_running_task": f"{_JOBS}.common_tasks.long_running_task",
    "app.worker.long_running_task": f"{_JOBS}.common_tasks.long_running_task",
    "app.worker.test_celery": f"{_JOBS}.common_tasks.test_celery",
    "clients.celery.example_tasks.process_document": f"{_JOBS}.document_tasks.process_document",
    "tasks.generate_embedding": f"{_JOBS}.embedding_tasks.generate_embedding",
    **{f"app.api.tasks.{demo}": f"{_JOBS}.common_tasks.{demo}" for demo in _DEMOS},
    **env.json("JOB_ALIASES", default={}),
}

# --- Admin ---
_LOOK = "tasks_app.admin.look"
UNFOLD = {
    "SITE_TITLE": "Belfry",
    "SITE_HEADER": "Belfry",
    "SITE_SYMBOL": "notifications_active",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{_LOOK}.icon"}],
    "STYLES": [f"{_LOOK}.styles"],
    "SCRIPTS": [f"{_LOOK}.script"],
    "COLORS": f"{_LOOK}.colors",
    "DASHBOARD_CALLBACK": "tasks_app.admin.banner.on_first_page",
    "SIDEBAR": {"navigation": f"{_LOOK}.navigation"},
}

# --- Logs of the processes ---
_log_dir = env("LOG_DIR", default="")
LOG_DIR = BASE_DIR / _log_dir if _log_dir else None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tasks_app.runtime.logs.key_values.KeyValueFormatter"}},
    "handlers": {"process": {**log_handler(LOG_DIR, sys.argv), "formatter": "line"}},
    "root": {"handlers": ["process"], "level": env("LOG_LEVEL", default="INFO")},
}
