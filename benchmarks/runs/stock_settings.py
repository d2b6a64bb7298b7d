"""Django as django-celery-results needs it, told to keep its connections and everything it can."""

import environ

env = environ.Env()
INSTALLED_APPS = ["django.contrib.contenttypes", "django_celery_results"]
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": None}}
CELERY_BROKER_URL = env("CELERY_BROKER_URL")
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Celery's own default closes the connection after each task, which costs more than all the rest.
CELERY_DB_REUSE_MAX = 10**9
