"""Rules take the time as an argument, and money is never a binary float."""

import ast
from collections.abc import Iterator

from support.source import python_files, tree_of

CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter", "localtime"}

MONEY = ["app/credit", "app/storage", "app/desk", "app/api/models"]
MONEY_MODULES = ["app/api/money.py"]


def called_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func).rpartition(".")[2]


def test_no_rule_asks_for_the_time() -> None:
    asked = [
        f"{path}:{line}: {name}()"
        for path in python_files("app/credit")
        for line, name in called_names(tree_of(path))
        if name in CLOCKS
    ]
    assert asked == []


def seconds(tree: ast.AST) -> set[ast.AST]:
    """Give what is said to be seconds (`timeout_s = 0.5`): waits are floats, money is not."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name))
                | ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)])
                | ast.keyword(arg=str(name))
                | ast.arg(arg=name)
            ) if name.lower().endswith("_s"):
                found.update(ast.walk(node))
            case ast.FunctionDef(name=name, returns=ast.expr() as given) if name.endswith("_s"):
                found.update(ast.walk(given))
            case _:
                pass
    return found


def floats(path: str) -> Iterator[str]:
    tree = tree_of(path)
    waits = seconds(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float") if node not in waits:
                yield f"{path}:{node.lineno}"
            case _:
                pass


def test_no_float_comes_near_money() -> None:
    paths = [*python_files(*MONEY), *MONEY_MODULES]
    assert [place for path in paths for place in floats(path)] == []
