"""Bodies that the schema shows; each of them is accepted as it stands."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def _examples(bodies: dict[str, dict[str, Any]]) -> list[OpenApiExample]:
    return [OpenApiExample(name, body, request_only=True) for name, body in bodies.items()]


_LABELLED = {
    "name": "数据处理任务",
    "task_type": "data_processing",
    "celery_task_name": "app.tasks.common_tasks.long_running_task",
    "args": [60],
    "kwargs": {"param": "value"},
}
_EVERY_DAY = {
    "crontab_day_of_month": "*",
    "crontab_month_of_year": "*",
    "crontab_day_of_week": "*",
}
NEW_TASK = _examples(
    {
        "Priority as a number": _LABELLED | {"priority": 2},
        "Priority as a word": _LABELLED | {"priority": "normal"},
        "A document, under your own key": {
            "name": "Read the manual",
            "key": "manual-2026",
            "celery_task_name": "tasks_app.jobs.document_tasks.process_document",
            "kwargs": {"document_id": "doc-123", "options": {"format": "html"}},
            "max_retries": 3,
            "start": "manual",
        },
        "Tried again for what passes, one at a time for each document": {
            "name": "Read the manual",
            "celery_task_name": "tasks_app.jobs.document_tasks.process_document",
            "kwargs": {"document_id": "doc-123"},
            "max_retries": 5,
            "retry_backoff": 10,
            "retry_on": ["OSError", "requests.exceptions.Timeout"],
            "fail_on": ["FileNotFoundError"],
            "cancel_grace": 60,
            "unique_runs": "refuse",
            "unique_keys": ["document_id"],
            "start": "manual",
        },
        "On workdays at nine in London": {
            "name": "Morning report",
            "celery_task_name": "tasks_app.jobs.common_tasks.demo_periodic_task",
            "crontab": "0 9 * * mon-fri",
            "timezone": "Europe/London",
            "overlap": "skip",
        },
        "Every hour and a half, ten times": {
            "name": "Measure the disk",
            "celery_task_name": "tasks_app.jobs.common_tasks.demo_periodic_task",
            "interval": {"hours": 1, "minutes": 30},
            "max_runs": 10,
        },
        "At sunset in Greenwich": {
            "name": "Close the shutters",
            "celery_task_name": "tasks_app.jobs.common_tasks.demo_async_task",
            "solar": {"event": "sunset", "latitude": 51.48, "longitude": 0},
        },
        "At once, with arguments in texts": {
            "name": "测试任务",
            "description": "这是一个测试任务",
            "task_type": "once",
            "execution_type": "immediate",
            "celery_task_name": "app.worker.test_celery",
            "task_args": '["Hello World"]',
            "task_kwargs": "{}",
            "enabled": True,
        },
        "Once, at a time in UTC": {
            "name": "定时任务",
            "description": "在指定时间执行",
            "task_type": "once",
            "execution_type": "scheduled",
            "celery_task_name": "app.worker.long_running_task",
            "task_args": "[60]",
            "task_kwargs": "{}",
            "scheduled_time": "2025-12-02T15:00:00",
            "enabled": True,
        },
        "Every day at one": {
            "name": "每日任务",
            "description": "每天凌晨1点执行",
            "task_type": "periodic",
            "celery_task_name": "app.worker.test_celery",
            "task_args": '["Daily Task"]',
            "task_kwargs": "{}",
            "crontab_minute": "0",
            "crontab_hour": "1",
            **_EVERY_DAY,
            "enabled": True,
        },
        "Every five minutes": {
            "name": "频繁任务",
            "description": "每5分钟执行一次",
            "task_type": "periodic",
            "celery_task_name": "app.worker.test_celery",
            "task_args": "[]",
            "task_kwargs": '{"check": "health"}',
            "crontab_minute": "*/5",
            "crontab_hour": "*",
            **_EVERY_DAY,
            "enabled": True,
        },
    }
)
# Whole tasks as clients of another system send them, to create one and to replace one.
REPLACED_TASK = [example for example in NEW_TASK if "task_args" in example.value] + _examples(
    {
        "Only if nobody changed it since": {
            "name": "Morning report",
            "celery_task_name": "tasks_app.jobs.common_tasks.demo_periodic_task",
            "crontab": "30 8 * * mon-fri",
            "timezone": "Europe/London",
            "overlap": "skip",
            "version": 1,
            "reason": "The office opens earlier.",
        },
    }
)
CHANGED_TASK = _examples(
    {
        "Another name and priority": {"name": "Evening report", "priority": "high"},
        "Another hour; the other parts stay": {"crontab_hour": "18", "reason": "Summer time."},
        "No schedule any more": {"crontab": None},
        "Only if nobody changed it since": {"tags": ["nightly"], "version": 1},
    }
)
OUTCOME = _examples(
    {
        "How far its run is": {"status": "running", "progress": 40},
        "Its run is over": {"status": "succeeded", "result": {"pages": 3}},
        "Its run has failed": {"status": "failed", "error": "The feed is empty."},
    }
)
NEW_EXECUTION = _examples(
    {
        "As defined": {},
        "Other arguments, in a minute": {"args": [5], "countdown": 60},
        "For a moment that has passed": {"scheduled_for": "2026-01-01T09:00:00Z"},
    }
)
NEW_RERUN = _examples(
    {
        "Exactly as it was": {},
        "With another argument": {"args": [5], "reason": "A minute was too long."},
    }
)
NEW_PRUNING = _examples(
    {
        "Only count": {"dry_run": True},
        "As the settings say": {"reason": "The disk is nearly full."},
    }
)
NEW_PREVIEW = _examples(
    {
        "A line, shown for Shanghai": {"crontab": "*/20 8-18 * * mon-fri", "zone": "Asia/Shanghai"},
        "Around a clock change": {
            "crontab": {"minute": "30", "hour": "2", "timezone": "America/New_York"},
            "after": "2027-03-12T12:00:00Z",
            "count": 3,
        },
        "In single fields": {"interval_minutes": 5, "count": 1},
    }
)
NEW_BACKFILL = _examples(
    {
        "Count first": {
            "start": "2026-01-01T00:00:00Z",
            "end": "2026-01-08T00:00:00Z",
            "dry_run": True,
        },
        "All at once, one each minute": {
            "start": "2026-01-01T00:00:00Z",
            "end": "2026-01-02T00:00:00Z",
            "order": "at_once",
            "pace": 60,
            "reason": "The report had a wrong column.",
        },
    }
)
ONE_TICK = _examples({"A tick": {"at": "2100-01-01T09:00:00Z", "reason": "Public holiday."}})
NEW_PAUSE = _examples(
    {
        "A queue, for ten minutes": {
            "queue": "low_priority",
            "expires_in": 600,
            "reason": "The disk is changed.",
        },
        "Everything": {"everything": True, "reason": "The database moves."},
    }
)
PAUSE_OF_TASK = _examples({"Until it is resumed": {"reason": "The feed is broken."}})
