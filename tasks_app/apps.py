"""The app: its checks, its jobs and what its database needs are set up here."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class TasksConfig(AppConfig):
    """Tasks, their executions, and the doors to them."""

    name = "tasks_app"
    verbose_name = "Tasks"

    def ready(self) -> None:
        from celery import current_app

        from tasks_app import checks  # noqa: F401  (registers the system checks)
        from tasks_app.models.preparation import make_way_for_migrations, prepare_database
        from tasks_app.runtime.discovery import fill_registry

        pre_migrate.connect(make_way_for_migrations, sender=self)
        post_migrate.connect(prepare_database, sender=self)
        fill_registry(current_app)
