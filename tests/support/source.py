"""The code as data, for the tests of the house: files, trees, functions and their sizes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """A function and where it stands; `name` is as in app/credit/money.py:minor_units."""

    name: str
    node: Function

    @property
    def path(self) -> str:
        return self.name.partition(":")[0]


def python_files(*folders: str) -> list[str]:
    """Give the Python files below these folders, as paths from the root of the project."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def line_count(path: str) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def definitions(*folders: str) -> Iterator[Definition]:
    for path in python_files(*folders):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield Definition(f"{path}:{node.name}", node)


def body_of(function: Function) -> list[ast.stmt]:
    """Give the statements of a function; its docstring is none."""
    documented = ast.get_docstring(function) is not None
    return function.body[1:] if documented else function.body


def body_lines(function: Function) -> int:
    body = body_of(function)
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def decorator_names(function: Function) -> set[str]:
    """Give the last part of each decorator's name: `get` of `@router.get("/livez")`."""
    called = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    names = [d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in called]
    return set(names)


def parameter_names(function: Function) -> list[str]:
    """Give the parameters that a caller fills, without `self` and `cls`."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in {"self", "cls"}]


def positional_names(function: Function) -> list[str]:
    every = [*function.args.posonlyargs, *function.args.args]
    return [argument.arg for argument in every if argument.arg not in {"self", "cls"}]
