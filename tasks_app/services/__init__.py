"""Verbs on a task, the same for every door. Each takes the actor first and keeps the owner rule."""

from tasks_app.services.actor import Actor
from tasks_app.services.arguments import meant_arguments, shown_args, shown_arguments
from tasks_app.services.backfilling import (
    BackfillPreview,
    backfill_task,
    cancel_backfill,
    preview_backfill,
)
from tasks_app.services.calls import Call, adopt_call, count_refused_message, submit_call
from tasks_app.services.cancelling import (
    cancel_calls,
    cancel_execution,
    cancel_stamped_calls,
    cancel_task,
)
from tasks_app.services.checking import check_task
from tasks_app.services.counting import count_tasks
from tasks_app.services.creating import create_task
from tasks_app.services.deleting import delete_task
from tasks_app.services.executing import execute_task
from tasks_app.services.explaining import why_execution, why_task
from tasks_app.services.finding import (
    find_task,
    get_attempts,
    get_execution,
    get_executions,
    get_task,
    get_tasks,
)
from tasks_app.services.patching import patch_task
from tasks_app.services.previewing import Preview, preview_schedule
from tasks_app.services.reading_log import RunLogPage, read_log, read_log_backwards
from tasks_app.services.replacing import replace_task
from tasks_app.services.reporting_back import (
    set_outcome,
    update_task_progress,
    update_task_status,
)
from tasks_app.services.showing import attach_schedules
from tasks_app.services.signing_in import log_refused_sign_in, sign_in, sign_out
from tasks_app.services.skipping import skip_tick, unskip_tick
from tasks_app.services.tokens import create_token, get_token, get_tokens, revoke_token
from tasks_app.services.upcoming import Upcoming, upcoming_ticks
from tasks_app.services.updating import disable_task, enable_task, update_task

__all__ = [
    "Actor",
    "BackfillPreview",
    "Call",
    "Preview",
    "RunLogPage",
    "Upcoming",
    "adopt_call",
    "attach_schedules",
    "backfill_task",
    "cancel_backfill",
    "cancel_calls",
    "cancel_execution",
    "cancel_stamped_calls",
    "cancel_task",
    "check_task",
    "count_refused_message",
    "count_tasks",
    "create_task",
    "create_token",
    "delete_task",
    "disable_task",
    "enable_task",
    "execute_task",
    "find_task",
    "get_attempts",
    "get_execution",
    "get_executions",
    "get_task",
    "get_tasks",
    "get_token",
    "get_tokens",
    "log_refused_sign_in",
    "meant_arguments",
    "patch_task",
    "preview_backfill",
    "preview_schedule",
    "read_log",
    "read_log_backwards",
    "replace_task",
    "revoke_token",
    "set_outcome",
    "shown_args",
    "shown_arguments",
    "sign_in",
    "sign_out",
    "skip_tick",
    "submit_call",
    "unskip_tick",
    "upcoming_ticks",
    "update_task",
    "update_task_progress",
    "update_task_status",
    "why_execution",
    "why_task",
]
