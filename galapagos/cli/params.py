"""`params list|show|check`: every parameter, the shipped presets, a file's problems."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from galapagos.cli.actions import Action, act
from galapagos.cli.parsing import Parser, WrongCall, note, say, say_json
from galapagos.cli.tables import say_table
from galapagos.errors import GalapagosError, InvalidParameters
from galapagos.parameter_declarations import Group
from galapagos.parameter_descriptions import AUTO, ParameterDescription, ValueType, describe, description_of
from galapagos.parameter_files import dump_parameters, load_parameters, presets, yaml_value
from galapagos.parameters import Parameters
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence


def params(arguments: list[str]) -> int:
    """Parameters and presets: `galapagos params list|show|check`."""
    return act("params", "Every parameter; the shipped presets; a file's problems.", ACTIONS, arguments)


def _list(arguments: list[str]) -> int:
    parser = Parser("params list", "Every parameter, in groups.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as the table of the README")
    form.add_argument("--json", action="store_true", help="a JSON list")
    namespace = parser.read(arguments)
    if namespace.json:
        say_json([_as_json(one) for one in describe()])
    elif namespace.markdown:
        for line in markdown(describe()):
            say(line)
    else:
        for group in Group:
            rows = [_row(one) for one in describe() if one.group is group]
            if rows:
                say(f"{group}")
                say_table(rows, spare=(2, 3), indent="  ")
    return 0


def _show(arguments: list[str]) -> int:
    parser = Parser("params show", "The shipped presets; the values of one; or everything about a parameter.")
    parser.add_argument("what", metavar="PRESET|NAME", nargs="?", help="a preset, a YAML file or a parameter")
    what = parser.read(arguments).what
    if what is None:
        say_table([(preset.name, preset.description) for preset in presets()])
    elif what in Parameters.model_fields:
        say_table(_facts(description_of(what)))
    else:
        say(dump_parameters(_of_preset(what)).rstrip("\n"))
    return 0


def _of_preset(what: str) -> Parameters:
    try:
        return load_parameters(what)
    except InvalidParameters:
        # A word without a place in it may be a parameter that is written wrongly.
        if near := get_close_matches(what, Parameters.model_fields, n=1):
            raise WrongCall(
                f"{plain(what)!r} is no preset and no parameter; did you mean {near[0]}?"
            ) from None
        raise


def _check(arguments: list[str]) -> int:
    parser = Parser("params check", "Name all problems of parameter files, with their lines.")
    parser.add_argument("files", metavar="FILE", nargs="+", help="YAML files or presets")
    problems: list[str] = []
    for file in parser.read(arguments).files:
        try:
            _check_task(load_parameters(file), file)
        except InvalidParameters as error:
            problems += error.problems
        except GalapagosError as error:
            problems.append(f"{file}: {error}")
        else:
            say(f"{plain(file)}: in order")
    if problems:
        raise InvalidParameters(problems)
    return 0


def _check_task(parameters: Parameters, file: str) -> None:
    from galapagos.tasks.catalogue import build_task, task_notice

    build_task(parameters)
    notice = task_notice(parameters)
    if notice:
        note(f"{plain(file)}: {plain(notice)}")


def markdown(descriptions: Sequence[ParameterDescription]) -> list[str]:
    """Return the lines of a Markdown table of parameters."""
    lines = ["| Parameter | Type | Default | Change | What it is |", "|---|---|---|---|---|"]
    for one in descriptions:
        kind = " ".join(filter(None, (_type(one), one.unit and f"({one.unit})")))
        lines.append(f"| `{one.name}` | {kind} | {_default(one, '`')} | {one.change} | {one.help} |")
    return lines


def _row(one: ParameterDescription) -> tuple[str, ...]:
    return (one.name, _default(one), _type(one), one.change.value, one.help)


def _facts(one: ParameterDescription) -> list[tuple[str, ...]]:
    facts: list[tuple[str, ...]] = [
        (one.name, one.help),
        ("type", _type(one)),
        ("unit", one.unit),
        ("default", _default(one)),
        ("group", one.group.value),
        ("change", one.change.value),
    ]
    facts.append(("read by", ", ".join(one.experiments)))
    return [fact for fact in facts if fact[1]]


def _type(one: ParameterDescription) -> str:
    if one.type is ValueType.CHOICE:
        return one.words
    if one.type is ValueType.CHOICES:
        return f"list of {one.words}"
    return " ".join(filter(None, (one.type.value, one.bounds, *(f"or {word}" for word in one.choices))))


def _default(one: ParameterDescription, quote: str = "") -> str:
    # A list of all choices would make a table of one line a screen wide.
    if one.type is ValueType.CHOICES and set(one.default) == set(one.choices):
        return "all"
    texts = [f"{quote}{AUTO if one.default is None else yaml_value(one.default)}{quote}"]
    texts += [f"{quote}{yaml_value(value)}{quote} for {kind}" for kind, value in one.defaults.items()]
    return ", ".join(texts)


def _as_json(one: ParameterDescription) -> dict[str, object]:
    return {
        "name": one.name,
        "type": one.type.value,
        "default": one.default,
        "choices": list(one.choices),
        "bounds": one.bounds,
        "unit": one.unit,
        "help": one.help,
        "group": one.group.value,
        "change": one.change.value,
    }


ACTIONS = {
    "list": Action("", "every parameter, in groups", _list),
    "show": Action("[PRESET|NAME]", "the presets, the values of one, or a parameter", _show),
    "check": Action("FILE …", "name all problems of parameter files", _check),
}
