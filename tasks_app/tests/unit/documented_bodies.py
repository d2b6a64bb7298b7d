"""Bodies with a schedule, letter by letter as another system's document prints them."""

AT_ONCE = r"""{
  "name": "测试任务",
  "description": "这是一个测试任务",
  "task_type": "once",
  "execution_type": "immediate",
  "celery_task_name": "app.worker.test_celery",
  "task_args": "[\"Hello World\"]",
  "task_kwargs": "{}",
  "enabled": true
}"""
AT_A_TIME = r"""{
  "name": "定时任务",
  "description": "在指定时间执行",
  "task_type": "once",
  "execution_type": "scheduled",
  "celery_task_name": "app.worker.long_running_task",
  "task_args": "[60]",
  "task_kwargs": "{}",
  "scheduled_time": "2025-12-02T15:00:00",
  "enabled": true
}"""
EVERY_DAY = r"""{
  "name": "每日任务",
  "description": "每天凌晨1点执行",
  "task_type": "periodic",
  "celery_task_name": "app.worker.test_celery",
  "task_args": "[\"Daily Task\"]",
  "task_kwargs": "{}",
  "crontab_minute": "0",
  "crontab_hour": "1",
  "crontab_day_of_month": "*",
  "crontab_month_of_year": "*",
  "crontab_day_of_week": "*",
  "enabled": true
}"""
# The document is cut after the name of this one; the three lines below it are filled in.
EVERY_FIVE_MINUTES = r"""{
  "name": "频繁任务",
  "description": "每5分钟执行一次",
  "task_type": "periodic",
  "celery_task_name": "app.worker.test_celery",
  "task_args": "[]",
  "task_kwargs": "{\"check\": \"health\"}",
  "crontab_minute": "*/5",
  "crontab_hour": "*",
  "crontab_day_of_month": "*",
  "crontab_month_of_year": "*",
  "crontab_day_of_week": "*",
  "enabled": true
}"""
BODIES = [AT_ONCE, AT_A_TIME, EVERY_DAY, EVERY_FIVE_MINUTES]
