"""What a migration may do to tables that the processes of the release before still use.

Expand now, contract in a later release: "Upgrade while running" in docs/production.md.
"""

from collections.abc import Iterable, Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CharField, CheckConstraint, Field, Index, Q, UniqueConstraint
from django.db.models.functions import Now

APP = "tasks_app"
# Nothing runs anywhere that is older than this.
FIRST = "0004_the_log_of_a_run"
# Neither workers nor beat touch these; web is restarted right after the migration.
OF_WEB_ALONE = {"apitoken"}
# Writes wait while a plain index of a table is built: long, where a table is large.
LARGE = {"taskexecution", "attempt", "event", "logline"}
# What no machine can judge and a person found harmless: names of migration and operation.
JUDGED_BY_HAND = {
    # Gives each token its id; only api_tokens.
    ("0005_tokens_with_dialect_and_last_use", "RunPython"),
    # The column stays, with a default of the database; only our own code forgets it.
    ("0006_cancel_retry_unique_runs_pauses_alarms", "RemoveField"),
    # Only our own code has another name for a column that keeps its own.
    ("0006_cancel_retry_unique_runs_pauses_alarms", "RenameField"),
    # All indexes are built concurrently, and no older process writes what the unique ones refuse.
    *(
        ("0007_indexes_of_paused_and_unique_runs", operation)
        for operation in ("RunPython", "AddIndex", "AddConstraint")
    ),
}

HARMLESS = (
    ops.AlterModelManagers,
    ops.AlterModelOptions,
    ops.AlterModelTableComment,
    ops.CreateModel,
    ops.RemoveIndex,
    ops.RenameIndex,
)
WITHDRAWING = (
    ops.AlterModelTable,
    ops.DeleteModel,
    ops.RemoveField,
    ops.RenameField,
    ops.RenameModel,
)
TIGHTENING = (ops.AddConstraint, ops.AlterOrderWithRespectTo, ops.AlterUniqueTogether)
BY_KIND = {
    HARMLESS: "",
    WITHDRAWING: "the release before uses it",
    TIGHTENING: "the release before writes what it refuses",
    (Operation,): "nobody has judged it",
}


def breaches(migration: Migration, state: ProjectState) -> Iterator[str]:
    """A sentence for each operation that the release before does not survive.

    `state` is what stands before the migration, and is moved on by it.
    """
    made_here = {
        each.name_lower for each in migration.operations if isinstance(each, ops.CreateModel)
    }
    for operation in _flat(migration.operations):
        before = state.clone()
        operation.state_forwards(APP, state)
        is_free = _model(operation) in made_here | OF_WEB_ALONE
        is_known = (migration.name, type(operation).__name__) in JUDGED_BY_HAND
        if not (is_free or is_known) and (why := _breach(operation, before, state)):
            yield f"{migration.name}: {operation.describe()}: {why}"


def _flat(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            yield from _flat([*operation.database_operations, *operation.state_operations])
        else:
            yield operation


def _model(operation: Operation) -> str:
    named = ("model_name", "old_name", "name")
    return str(next(filter(None, (getattr(operation, each, "") for each in named)), "")).lower()


def _breach(operation: Operation, before: ProjectState, after: ProjectState) -> str:
    match operation:
        case ops.AddField(field=field):
            return _breach_of_new(field)
        case ops.AlterField():
            return _breach_of_altered(_field(operation, before), _field(operation, after))
        case ops.AddIndex():
            return _breach_of_index(operation)
        case ops.RemoveConstraint(name=name):
            return _breach_of_loss(
                before.models[APP, _model(operation)].get_constraint_by_name(name)
            )
        case _:
            return next(why for kinds, why in BY_KIND.items() if isinstance(operation, kinds))


def _breach_of_new(field: Field) -> str:
    if field.unique and field.has_db_default():
        return "its second row of the release before is refused"
    if not (field.null or field.has_db_default() or field.many_to_many):
        return "the release before inserts no value: let it be NULL, or give it a db_default"
    return ""


def _breach_of_altered(old: Field, new: Field) -> str:
    had, has = old.db_parameters(connection), new.db_parameters(connection)
    breached = {
        "its column has another name": old.column != new.column,
        "NULL is refused": old.null and not new.null,
        "a unique value is asked for, or no longer": old.unique != new.unique,
        "it has lost its db_default": old.has_db_default() and not new.has_db_default(),
        "its type takes less": had["type"] != has["type"] and not _is_longer(old, new),
        "its condition is another": has["check"] not in (had["check"], None),
        "it must point somewhere": _points(new) and not _points(old),
    }
    return ", ".join(why for why, is_so in breached.items() if is_so)


def _is_longer(old: Field, new: Field) -> bool:
    both = isinstance(old, CharField) and isinstance(new, CharField)
    return both and old.max_length <= new.max_length


def _points(field: Field) -> bool:
    return bool(getattr(field, "db_constraint", False))


def _breach_of_index(operation: ops.AddIndex) -> str:
    blocks = _model(operation) in LARGE and not isinstance(operation, AddIndexConcurrently)
    return "runs wait while it is built: build it concurrently" if blocks else ""


def _breach_of_loss(constraint: models.BaseConstraint) -> str:
    is_rule = not isinstance(constraint, CheckConstraint)
    return "the release before may name it in ON CONFLICT" if is_rule else ""


def _field(operation: ops.AlterField, state: ProjectState) -> Field:
    field: Field = state.apps.get_model(APP, operation.model_name)._meta.get_field(operation.name)
    return field


def later_migrations() -> list[tuple[Migration, ProjectState]]:
    """Those after the first release, each with what stands before it."""
    loader = MigrationLoader(None)
    [leaf] = loader.graph.leaf_nodes(APP)
    ours = [key for key in loader.graph.forwards_plan(leaf) if key[0] == APP]
    return [
        (loader.graph.nodes[key], loader.project_state([key], at_end=False))
        for key in ours[ours.index((APP, FIRST)) + 1 :]
    ]


def test_processes_of_the_release_before_survive_every_migration():
    found = [why for migration, state in later_migrations() for why in breaches(migration, state)]

    assert not found, "\n".join(found)


def forged(*operations: Operation, name: str = "9999_forged") -> list[str]:
    """What is found in a migration of these operations, on top of the first release."""
    migration = type("Forged", (Migration,), {"operations": operations})(name, APP)
    return list(breaches(migration, MigrationLoader(None).project_state([(APP, FIRST)])))


RUN = "taskexecution"
BREAKING = {
    "a column goes": ops.RemoveField(RUN, "progress_data"),
    "a column is renamed": ops.RenameField(RUN, "worker", "hostname"),
    "a column gets another name": ops.AlterField(
        RUN, "pid", models.PositiveIntegerField(null=True, db_column="process")
    ),
    "a table goes": ops.DeleteModel("Attempt"),
    "a table is renamed": ops.RenameModel("Attempt", "Try"),
    "a table gets another name": ops.AlterModelTable("Worker", "belfry_workers"),
    "a column that must be given": ops.AddField(RUN, "region", models.CharField(max_length=9)),
    "a default that only Python knows": ops.AddField(RUN, "region", models.IntegerField(default=0)),
    "one value for every row": ops.AddField(
        "worker", "serial", models.IntegerField(db_default=0, unique=True)
    ),
    "NULL no more": ops.AlterField(RUN, "run_at", models.DateTimeField(db_default=Now())),
    "a default goes": ops.AlterField("beat", "lag", models.FloatField(default=0)),
    "a shorter text": ops.AlterField(RUN, "worker", models.CharField(max_length=100, blank=True)),
    "another type": ops.AlterField(RUN, "progress", models.IntegerField(default=0)),
    "no negative numbers": ops.AlterField("logline", "number", models.PositiveBigIntegerField()),
    "unique from now on": ops.AlterField("worker", "pid", models.PositiveIntegerField(unique=True)),
    "a pointer that is checked": ops.AlterField(
        "skip", "schedule", models.ForeignKey("django_celery_beat.PeriodicTask", models.CASCADE)
    ),
    "a new rule": ops.AddConstraint(
        RUN, CheckConstraint(condition=Q(attempt__lt=100), name="few_attempts")
    ),
    "an older new rule": ops.AlterUniqueTogether("attempt", {("execution", "worker")}),
    "a rule that ON CONFLICT names": ops.RemoveConstraint(RUN, "one_execution_per_tick"),
    "an index that blocks": ops.AddIndex(
        RUN, Index(fields=["worker"], name="executions_of_worker")
    ),
    "SQL": ops.RunSQL("DELETE FROM attempts"),
    "Python": ops.RunPython(ops.RunPython.noop),
    "hidden in another": ops.SeparateDatabaseAndState([ops.RemoveField(RUN, "pid")], []),
}


@pytest.mark.parametrize("operation", BREAKING.values(), ids=BREAKING)
def test_what_an_older_process_does_not_survive_is_found(operation: Operation):
    [why] = forged(operation)

    assert why.startswith("9999_forged: ")


EXPANDING = {
    "a column that may be empty": ops.AddField(
        RUN, "region", models.CharField(max_length=9, null=True)
    ),
    "a default of the database": ops.AddField(RUN, "moved", models.DateTimeField(db_default=Now())),
    "a longer text": ops.AlterField(RUN, "worker", models.CharField(max_length=300, blank=True)),
    "NULL from now on": ops.AlterField("worker", "pid", models.PositiveIntegerField(null=True)),
    "a pointer that is checked no more": ops.AlterField(
        "attempt",
        "execution",
        models.ForeignKey(
            "TaskExecution", models.CASCADE, related_name="attempts", db_constraint=False
        ),
    ),
    "a rule goes": ops.RemoveConstraint(RUN, "progress_is_a_percentage"),
    "an index of a small table": ops.AddIndex("worker", Index(fields=["pid"], name="workers_pid")),
    "an index that does not block": AddIndexConcurrently(
        RUN, Index(fields=["worker"], name="executions_of_worker")
    ),
    "a table of web alone": ops.RemoveField("apitoken", "name"),
}


@pytest.mark.parametrize("operation", EXPANDING.values(), ids=EXPANDING)
def test_what_only_expands_is_allowed(operation: Operation):
    assert forged(operation) == []


def test_a_table_made_in_the_same_migration_is_nobodys_yet():
    made = ops.CreateModel("Pause", [("id", models.BigAutoField(primary_key=True))])
    filled = ops.AddField("pause", "queue", models.CharField(max_length=9))
    unique = UniqueConstraint(fields=["queue"], name="one_pause_per_queue")

    assert forged(made, filled, ops.AddConstraint("pause", unique)) == []


def test_what_a_person_has_judged_is_allowed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(globals(), "JUDGED_BY_HAND", {("9998_judged", "RunSQL")})

    assert forged(ops.RunSQL("SELECT 1"), name="9998_judged") == []
    assert forged(ops.RunSQL("SELECT 1"), name="9999_forged") != []
