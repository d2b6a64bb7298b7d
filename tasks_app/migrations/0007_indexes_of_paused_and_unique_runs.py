from django.db import migrations, models

WAITING = ("pending", "retry")
LIVE = ("pending", "started", "retry")
INDEXES = {
    "executions_to_ring": "INDEX {} ON task_executions (run_at) "
    "WHERE published_at IS NULL AND status IN ('pending', 'retry') AND NOT (reason = 'paused')",
    "executions_paused": "INDEX {} ON task_executions (run_at) "
    "WHERE reason = 'paused' AND status IN ('pending', 'retry')",
    "executions_retrying": "INDEX {} ON task_executions (celery_task_name, task_id) "
    "WHERE status = 'retry'",
    "executions_waiting_ticks": "INDEX {} ON task_executions (schedule_id) "
    "WHERE status = 'pending' AND schedule_id IS NOT NULL",
    "one_live_run_per_unique_key": "UNIQUE INDEX {} ON task_executions (unique_key) "
    "WHERE status IN ('pending', 'started', 'retry') AND unique_key IS NOT NULL",
    "one_run_per_period_key": "UNIQUE INDEX {} ON task_executions (period_key) "
    "WHERE period_key IS NOT NULL",
}
FORMER = {
    "executions_unsent": "INDEX {} ON task_executions (run_at) "
    "WHERE published_at IS NULL AND status IN ('pending', 'retry')",
}


def build(editor, made, dropped):
    """Runs go on meanwhile. One that was left half built by an earlier try is built anew."""
    online = "CONCURRENTLY " if editor.connection.vendor == "postgresql" else ""
    for name, rest in made.items():
        editor.execute(f"DROP INDEX {online}IF EXISTS {name}")
        editor.execute("CREATE " + rest.format(f"{online}{name}"))
    for name in dropped:
        editor.execute(f"DROP INDEX {online}IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks_app", "0006_cancel_retry_unique_runs_pauses_alarms"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(
                    lambda _, editor: build(editor, INDEXES, FORMER),
                    lambda _, editor: build(editor, FORMER, INDEXES),
                )
            ],
            state_operations=[
                migrations.AddIndex(
                    "taskexecution",
                    models.Index(
                        fields=["run_at"],
                        condition=models.Q(status__in=WAITING, published_at=None)
                        & ~models.Q(reason="paused"),
                        name="executions_to_ring",
                    ),
                ),
                migrations.AddIndex(
                    "taskexecution",
                    models.Index(
                        fields=["run_at"],
                        condition=models.Q(status__in=WAITING, reason="paused"),
                        name="executions_paused",
                    ),
                ),
                migrations.AddIndex(
                    "taskexecution",
                    models.Index(
                        fields=["celery_task_name", "task"],
                        condition=models.Q(status="retry"),
                        name="executions_retrying",
                    ),
                ),
                migrations.AddIndex(
                    "taskexecution",
                    models.Index(
                        fields=["schedule"],
                        condition=models.Q(status="pending", schedule__isnull=False),
                        name="executions_waiting_ticks",
                    ),
                ),
                migrations.AddConstraint(
                    "taskexecution",
                    models.UniqueConstraint(
                        fields=["unique_key"],
                        condition=models.Q(status__in=LIVE, unique_key__isnull=False),
                        name="one_live_run_per_unique_key",
                    ),
                ),
                migrations.AddConstraint(
                    "taskexecution",
                    models.UniqueConstraint(
                        fields=["period_key"],
                        condition=models.Q(period_key__isnull=False),
                        name="one_run_per_period_key",
                    ),
                ),
                migrations.RemoveIndex("taskexecution", "executions_unsent"),
            ],
        ),
    ]
