"""The house rules that a machine can see: who may import whom, sizes, who writes a status."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
APP = CHECKOUT / "tasks_app"

# A row may import only rows below it.
ROWS = (
    {"jobs"},
    {"management", "admin", "api", "runtime"},
    {"services"},
    {"scheduling", "maintenance"},
    {"lifecycle", "reporting"},
    {"models", "checks"},
    {"broker", "registry", "redaction", "exceptions", "states"},
)
ROW_OF = {part: number for number, row in enumerate(ROWS) for part in row}
# The commands `up` and `tasks inline` start Celery's processes.
ALLOWED_WITHIN_A_ROW = {("management", "runtime")}
# Django's own places: the app's set-up may know everything, and nobody knows it.
SET_UP = {"__init__", "apps", "migrations", "tests"}
UNKNOWN_TO_MODELS = ("celery", "rest_framework", "django.contrib.admin", "django.http", "unfold")
ROW_WRITERS = {"update", "create", "get_or_create", "update_or_create"}


def _python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


TESTS = _python_files(APP / "tests")
CODE = [path for path in _python_files(APP) if path not in TESTS]
PROJECT = [CHECKOUT / "manage.py", *_python_files(CHECKOUT / "config"), *CODE]


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def part_of(path: Path) -> str:
    """The word of the import law that a file of the app belongs to."""
    return path.relative_to(APP).parts[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of every import, also those inside functions and for types only."""
    package = path.relative_to(CHECKOUT).with_suffix("").parts[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    dotted = (name.split(".") for name in imports(path))
    return {words[1] for words in dotted if words[0] == "tasks_app" and len(words) > 1}


def is_upward(own: str, other: str) -> bool:
    if own == other or (own, other) in ALLOWED_WITHIN_A_ROW:
        return False
    return ROW_OF.get(other, -1) <= ROW_OF[own]


@pytest.mark.parametrize(
    "own, other",
    [("models", "lifecycle"), ("api", "admin"), ("registry", "exceptions"), ("jobs", "apps")],
)
def test_the_law_forbids_what_lies_above_or_beside(own, other):
    assert is_upward(own, other)


def test_imports_point_downwards():
    assert not [
        f"{name_of(path)} imports {other}"
        for path in CODE
        for other in sorted(parts_imported(path))
        if part_of(path) not in SET_UP and is_upward(part_of(path), other)
    ]


def test_every_part_of_the_app_has_its_row():
    assert {part_of(path) for path in CODE} <= ROW_OF.keys() | SET_UP


def test_the_app_does_not_know_the_project_around_it():
    assert not [
        f"{name_of(path)} imports {name}"
        for path in CODE
        for name in imports(path)
        if name.split(".")[0] == "config"
    ]


def test_models_know_nothing_of_http_admin_and_celery():
    outside = tuple(f"{name}." for name in UNKNOWN_TO_MODELS)

    assert not [
        f"{name_of(path)} imports {name}"
        for path in _python_files(APP / "models")
        for name in imports(path)
        if f"{name}.".startswith(outside)
    ]


def test_only_lifecycle_and_models_write_a_status():
    others = (path for path in CODE if part_of(path) not in {"lifecycle", "models"})

    assert not list(_places(others, _writes_status))


def _writes_status(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=verb), keywords=keywords) if verb in ROW_WRITERS:
            return any(keyword.arg == "status" for keyword in keywords)
        case ast.Assign(targets=targets):
            return any(_is_status_of_a_row(target) for target in targets)
    return False


def _is_status_of_a_row(target: ast.AST) -> bool:
    match target:
        case ast.Attribute(value=ast.Name(id="self")):
            return False
        case ast.Attribute(attr="status"):
            return True
    return False


def test_a_robust_hook_is_a_function_with_a_name():
    """Django 5.2 logs its error by its name; for a partial, which has none, it raises instead."""
    assert not list(_places(CODE, _is_a_robust_hook_without_a_name))


def _is_a_robust_hook_without_a_name(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="on_commit"), args=[hook, *_], keywords=keywords):
            is_robust = any(keyword.arg == "robust" for keyword in keywords)
            return is_robust and not isinstance(hook, ast.Lambda)
    return False


def test_a_file_holds_one_idea():
    sizes = {path: _lines(path) for path in [*PROJECT, *TESTS]}

    assert not [
        f"{name_of(path)} has {size} lines"
        for path, size in sizes.items()
        if size > (400 if path in TESTS else 250)
    ]


def test_most_files_are_short():
    assert median(size for path in CODE if (size := _lines(path))) <= 90


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_function_does_one_thing():
    assert not list(_places(PROJECT, _is_a_long_function))


def _is_a_long_function(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return (node.end_lineno or node.lineno) - node.lineno >= 40


def test_time_is_moved_and_not_slept():
    fast = (path for path in TESTS if {"unit", "integration"} & set(path.parts))

    assert not list(_places(fast, _sleeps))


def _sleeps(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="sleep") | ast.Name(id="sleep")):
            return True
    return False


def _places(paths: Iterable[Path], found: Callable[[ast.AST], bool]) -> Iterator[str]:
    for path in paths:
        for node in ast.walk(tree_of(path)):
            if found(node):
                yield f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
