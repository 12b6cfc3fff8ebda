"""Every parameter as a flag under its own name, derived from its declaration."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from galapagos.errors import InvalidParameters
from galapagos.parameter_declarations import Change, Group
from galapagos.parameter_descriptions import AUTO, ParameterDescription, ValueType, describe
from galapagos.parameter_files import Given, parse_value, yaml_value
from galapagos.strict_yaml import read_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from galapagos.cli.parsing import Parser

PLACE = "command line"
# Those that are no truth values are taken as well, so that the error names them as what they are.
_SWITCH_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
_PREFIX = "parameter "
_METAVARS = {
    ValueType.SWITCH: "true|false",
    ValueType.WHOLE: "N",
    ValueType.NUMBER: "X",
    ValueType.TEXT: "TEXT",
    ValueType.CHOICE: "WORD",
    ValueType.NUMBERS: "X,X,…",
    ValueType.CHOICES: "WORD,WORD,…",
}


def add_parameter_flags(parser: Parser, *, shows_fixed: bool = True) -> None:
    """Let a command take every parameter; `--help` shows them in groups.

    Args:
        parser: Of the command.
        shows_fixed: Whether the help names those that are fixed while a run goes on, too.
    """
    groups = {group: parser.add_argument_group(f"Parameters: {group}") for group in Group}
    for description in describe():
        groups[description.group].add_argument(
            f"--{description.name}",
            dest=f"{_PREFIX}{description.name}",
            default=argparse.SUPPRESS,
            metavar=_METAVARS[description.type],
            help=_help(description).replace("%", "%%")
            if shows_fixed or description.change is not Change.FIXED
            else argparse.SUPPRESS,
        )


def given_parameters(namespace: argparse.Namespace) -> dict[str, Given]:
    """Return the parameters that a command line gave, as texts yet to be read and checked."""
    return {
        name.removeprefix(_PREFIX): Given(text, PLACE, is_text=True)
        for name, text in vars(namespace).items()
        if name.startswith(_PREFIX)
    }


def read_changes(texts: Mapping[str, Given]) -> dict[str, Any]:
    """Return the checked values of changes, as JSON takes them.

    Raises:
        InvalidParameters: With all unknown names and all values that are wrong by themselves.
    """
    changes: dict[str, Any] = {}
    problems: list[str] = []
    for name, given in texts.items():
        try:
            value = parse_value(name, given.value)
        except InvalidParameters as error:
            problems += [
                f"{given.place}: {problem}" if given.place else problem for problem in error.problems
            ]
        else:
            changes[name] = list(value) if isinstance(value, tuple) else value
    if problems:
        raise InvalidParameters(problems)
    return changes


def join_values(arguments: list[str]) -> list[str]:
    """Return the arguments with every parameter flag and its values joined to one, `--name=value`.

    So a switch works bare and with a value, a list takes several values without swallowing the preset behind
    it, and a value may start with a minus. `--num-workers` is understood as `--num_workers`.
    """
    return list(_joined(arguments))


def _joined(arguments: list[str]) -> Iterator[str]:
    known = {f"--{description.name}": description for description in describe()}
    position = 0
    while position < len(arguments):
        argument = arguments[position]
        position += 1
        name, equals, value = argument.partition("=")
        description = known.get(name) or known.get(f"--{name[2:].replace('-', '_')}")
        if description is None:
            yield argument
            continue
        flag = f"--{description.name}"
        if equals:
            yield f"{flag}={value}"
            continue
        values = _values(description, arguments[position:])
        position += len(values)
        if values:
            yield f"{flag}={','.join(values)}"
        else:
            yield f"{flag}=true" if description.type is ValueType.SWITCH else flag


def _values(description: ParameterDescription, following: list[str]) -> list[str]:
    if description.type is ValueType.SWITCH:
        return [text for text in following[:1] if text.lower() in _SWITCH_WORDS]
    if description.type in {ValueType.NUMBERS, ValueType.CHOICES}:
        # The first is the list's whatever it is, so that a wrong one is named as a wrong value.
        count = 1 if following and not following[0].startswith("--") else 0
        while count and count < len(following) and _is_item(description, following[count]):
            count += 1
        return following[:count]
    is_value = following and (not following[0].startswith("-") or re.match(r"-[\d.]", following[0]))
    return following[:1] if is_value else []


def _is_item(description: ParameterDescription, text: str) -> bool:
    items = text.strip("[], ").replace(",", " ").split()
    if description.type is ValueType.CHOICES:
        return all(item in description.choices for item in items)
    values = [read_scalar(item) for item in items]
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _help(description: ParameterDescription) -> str:
    default = AUTO if description.default is None else yaml_value(description.default)
    facts = [
        description.unit,
        description.bounds,
        description.words if description.type is not ValueType.CHOICES else "",
        f"default {default}",
        description.change,
    ]
    return f"{description.help} ({'; '.join(filter(None, facts))})"
