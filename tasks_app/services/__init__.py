"""Verbs on a task, the same for every door. Each takes the actor first and keeps the owner rule."""

from tasks_app.services.actor import Actor
from tasks_app.services.arguments import meant_arguments, shown_args, shown_arguments
from tasks_app.services.asking_to_prune import PruningPreview, preview_pruning, start_pruning
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
from tasks_app.services.diagnosing import Diagnosis, diagnose_installation, get_diagnosis
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
from tasks_app.services.pausing import (
    get_pause,
    get_pause_of_task,
    get_pauses,
    pause,
    pause_task,
    resume,
    resume_task,
)
from tasks_app.services.previewing import Preview, preview_schedule
from tasks_app.services.pruning import (
    count_old_runs,
    forget_gone_processes,
    prune_old_runs,
)
from tasks_app.services.reading_log import RunLogPage, read_log, read_log_backwards
from tasks_app.services.replacing import replace_task
from tasks_app.services.reporting_back import (
    set_outcome,
    update_task_progress,
    update_task_status,
)
from tasks_app.services.rerunning import rerun_execution
from tasks_app.services.showing import attach_schedules
from tasks_app.services.signing_in import log_refused_sign_in, sign_in, sign_out
from tasks_app.services.skipping import skip_tick, unskip_tick
from tasks_app.services.tokens import create_token, get_token, get_tokens, revoke_token
from tasks_app.services.upcoming import Upcoming, upcoming_ticks
from tasks_app.services.updating import disable_task, enable_task, update_task
from tasks_app.services.watching import get_alarms, get_counters

__all__ = [
    "Actor",
    "BackfillPreview",
    "Call",
    "Diagnosis",
    "Preview",
    "PruningPreview",
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
    "count_old_runs",
    "count_refused_message",
    "count_tasks",
    "create_task",
    "create_token",
    "delete_task",
    "diagnose_installation",
    "disable_task",
    "enable_task",
    "execute_task",
    "find_task",
    "forget_gone_processes",
    "get_alarms",
    "get_attempts",
    "get_counters",
    "get_diagnosis",
    "get_execution",
    "get_executions",
    "get_pause",
    "get_pause_of_task",
    "get_pauses",
    "get_task",
    "get_tasks",
    "get_token",
    "get_tokens",
    "log_refused_sign_in",
    "meant_arguments",
    "patch_task",
    "pause",
    "pause_task",
    "preview_backfill",
    "preview_pruning",
    "preview_schedule",
    "prune_old_runs",
    "read_log",
    "read_log_backwards",
    "replace_task",
    "rerun_execution",
    "resume",
    "resume_task",
    "revoke_token",
    "set_outcome",
    "shown_args",
    "shown_arguments",
    "sign_in",
    "sign_out",
    "skip_tick",
    "start_pruning",
    "submit_call",
    "unskip_tick",
    "upcoming_ticks",
    "update_task",
    "update_task_progress",
    "update_task_status",
    "why_execution",
    "why_task",
]
