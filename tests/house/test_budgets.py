"""How large things may get: the last column of the table in the style guide.

Where something must be larger, it goes into the list with its size and the reason. A list says
exactly what is larger today, so that an entry goes once it is no longer needed.
"""

import ast
from pathlib import PurePath

from support.source import (
    body_lines,
    body_of,
    decorator_names,
    definitions,
    line_count,
    parameter_names,
    positional_names,
    python_files,
    tree_of,
)

FILE_LINES_MAX = 300
BODY_LINES_MAX = 40
RULE_BODY_LINES_MAX = 20
HANDLER_STATEMENTS_MAX = 5
PARAMETERS_MAX = 5
POSITIONAL_MAX = 4

ROUTER_VERBS = {"get", "put", "post", "patch", "delete", "head", "api_route"}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc"}

LARGER_FILES: dict[str, int] = {}
LONGER_FUNCTIONS: dict[str, int] = {}
LONGER_HANDLERS: dict[str, int] = {}
MORE_PARAMETERS: dict[str, int] = {}
MORE_BY_POSITION: dict[str, int] = {}


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    sizes = {path: line_count(path) for path in python_files("app", "tests")}
    assert {path: n for path, n in sizes.items() if n > FILE_LINES_MAX} == LARGER_FILES


def test_no_function_is_longer_than_a_screen_and_no_rule_than_half_of_one() -> None:
    sizes = {definition.name: body_lines(definition.node) for definition in definitions("app")}
    longer = {name: n for name, n in sizes.items() if n > _body_lines_max(name)}
    assert longer == LONGER_FUNCTIONS


def _body_lines_max(name: str) -> int:
    return RULE_BODY_LINES_MAX if name.startswith("app/credit/") else BODY_LINES_MAX


def test_a_route_handler_asks_and_answers_and_does_nothing_itself() -> None:
    sizes = {
        definition.name: len(body_of(definition.node))
        for definition in definitions("app/api")
        if decorator_names(definition.node) & ROUTER_VERBS
    }
    longer = {name: n for name, n in sizes.items() if n > HANDLER_STATEMENTS_MAX}
    assert longer == LONGER_HANDLERS


def _is_command(decorators: set[str]) -> bool:
    """Say whether a function is a command of the CLI: its parameters are options, typed out."""
    return bool(decorators & {"command", "callback"})


def test_no_function_takes_more_than_five_parameters() -> None:
    counts = {
        definition.name: len(parameter_names(definition.node))
        for definition in definitions("app")
        if not _is_command(decorator_names(definition.node))
    }
    assert {name: n for name, n in counts.items() if n > PARAMETERS_MAX} == MORE_PARAMETERS


def test_the_fifth_parameter_is_named_at_the_call() -> None:
    counts = {
        definition.name: len(positional_names(definition.node))
        for definition in definitions("app")
        if not decorator_names(definition.node) & {*ROUTER_VERBS, "command", "callback"}
    }
    assert {name: n for name, n in counts.items() if n > POSITIONAL_MAX} == MORE_BY_POSITION


def test_every_module_is_named_for_what_it_is_about() -> None:
    parts = {path: PurePath(path).with_suffix("").parts for path in python_files("app", "tests")}
    assert [path for path, names in parts.items() if NAMES_THAT_SAY_NOTHING & set(names)] == []


def test_every_module_of_the_app_that_has_code_says_what_it_is_about() -> None:
    silent = [
        path
        for path in python_files("app")
        if tree_of(path).body and ast.get_docstring(tree_of(path)) is None
    ]
    assert silent == []
