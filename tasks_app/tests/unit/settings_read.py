"""What config/settings.py reads of the environment, taken from its text."""

import ast
import json
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ROOT / "config" / "settings.py"
# The names of django-environ's readers as docs/settings.md calls them.
TYPES = {"env": "text", "db": "text", "bool": "boolean", "int": "integer", "list": "list"}
TYPES["json"] = "JSON"


class Setting(NamedTuple):
    """One variable; `default` as it would be written in `.env`, "" for an empty one."""

    name: str
    type: str
    default: str


def settings_read(var_dir: str = "VAR_DIR", time_zone: str = "TIME_ZONE") -> dict[str, Setting]:
    """By name. Defaults that are made of other settings are made of these values."""
    others = {"VAR_DIR": Path(var_dir), "TIME_ZONE": time_zone}
    calls = filter(None, map(_reading, ast.walk(ast.parse(SETTINGS.read_text()))))
    return {
        name: Setting(name, TYPES[reader], _written(_value(default, others)))
        for reader, name, default in calls
    }


def _reading(node: ast.AST) -> tuple[str, str, ast.expr] | None:
    """Reader, name and default of `env.int("NAME", default=5)`; None for any other node."""
    match node:
        case ast.Call(
            func=ast.Name(id="env" as reader)
            | ast.Attribute(value=ast.Name(id="env"), attr=reader),
            args=[ast.Constant(value=str(name))],
            keywords=[ast.keyword(arg="default", value=default)],
        ):
            return reader, name, default
    return None


def _value(expression: ast.expr, others: dict[str, Any]) -> Any:
    code = compile(ast.Expression(expression), str(SETTINGS), "eval")
    return eval(code, {"str": str}, others)  # noqa: S307  (our own text)


def _written(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(value)
        case dict():
            return json.dumps(value)
    return str(value)
