"""Write the reference of commands, parameters and presets again: `uv run python docs/reference/write.py`.

It asks the argument parsers, the schema of parameters and the shipped parameter files, so nothing stands in
two places. A test holds that what is in the repository is what this writes.
"""

from __future__ import annotations

import re
import textwrap
from argparse import SUPPRESS
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from galapagos.cli import COMMANDS
from galapagos.cli.params import markdown
from galapagos.cli.parsing import Parser
from galapagos.parameter_declarations import Group
from galapagos.parameter_descriptions import describe
from galapagos.parameter_files import presets

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from galapagos.parameter_descriptions import ParameterDescription

DIRECTORY = Path(__file__).parent
NOTE = "<!-- Written by docs/reference/write.py: change the program, then write it again. -->"

_WITH_ACTIONS = ("runs", "library", "params")
WIDTH = 110
_COUNTS = {"?": "[{}]", "*": "[{} …]", "+": "{} …"}

COMMANDS_HEAD = f"""\
# Commands

{NOTE}

Every command has a `--help`, and this page says what that says. `galapagos` alone opens the home screen:
experiments, runs and the library.

* PRESET is a YAML file or a shipped preset, such as `wann-gym/CartPoleSwingUp` (`galapagos params show`
  lists them).
* RUN is the name of a run, the start of one, a directory, or `latest`; `[RUN]` may be left out where exactly
  one run is alive.
* NETWORK is a saved elite (its id or name), a JSON file, a published WANN matrix (`.out`), `RUN/ID` or
  `RUN/champion`.
* `--debug` shows a traceback with an error, `--version` the version.

Exit codes: 0 done, 1 the run failed, 2 the call was wrong, 130 interrupted.

| Command | What it does |
|---|---|
"""

PARAMETERS_HEAD = f"""\
# Parameters

{NOTE}

Each of these is a line of a YAML file (`population_size: 96`), a flag of `galapagos run`
(`--population_size 96`), a field of the dashboard's form (`e`), an argument of `galapagos.load_parameters`.
A flag overrides the file. `galapagos params show NAME` says everything about one of them.

*Fixed* parameters cannot change in a run. *Live* ones can: a change acts from the next generation on. Where
*elites are scored again*, that happens before the next child is bred, so that all elites stay comparable.
"""

PRESETS_HEAD = f"""\
# Presets

{NOTE}

Each of these is a YAML file in `params/`. `galapagos run wann-gym/CartPoleSwingUp` starts one, and a flag
overrides what it says. [Add a task](../how-to/add-a-task.md) shows how to write one.

| Preset | What it is | Pace |
|---|---|---|
"""


class _Asked(Exception):
    """A command was asked for its help, and this is its parser."""

    def __init__(self, parser: Parser) -> None:
        super().__init__()
        self.parser = parser


def commands_page() -> str:
    """Return the page of commands."""
    parsers = {call: parser_of(call) for call in _calls()}
    rows = [f"| [`{call}`](#{_anchor(call)}) | {_summary(call, parsers[call])} |" for call in parsers]
    sections = ["\n".join(_section(call, parser)) for call, parser in parsers.items()]
    return COMMANDS_HEAD + "\n".join(rows) + "\n\n" + "\n".join(sections)


def parameters_page() -> str:
    """Return the page of parameters, a table for each group."""
    parts = [PARAMETERS_HEAD]
    for group in Group:
        described = [one for one in describe() if one.group is group]
        head, line, *rows = markdown(described)
        parts.append(f"## {group}\n")
        parts.append(f"{head} Read by |\n{line}---|")
        parts += [f"{row} {_readers(one)} |" for row, one in zip(rows, described, strict=True)]
        parts.append("")
    return "\n".join(parts)


def presets_page() -> str:
    """Return the page of presets."""
    rows = [
        f"| [`{preset.name}`](../../params/{preset.name}.yaml) | {preset.description} | {preset.pace} |"
        for preset in presets()
    ]
    return PRESETS_HEAD + "\n".join([*rows, ""])


def parser_of(call: str) -> Parser:
    """Return the parser of a command, or of an action such as `library show`."""
    command, *action = call.split()
    entry = COMMANDS[command]
    function = getattr(import_module(f"galapagos.cli.{entry.module}"), entry.function)
    with _help_raises():
        try:
            function([*action, "--help"])
        except _Asked as asked:
            return asked.parser
    raise AssertionError(f"galapagos {call} has no parser")


@contextmanager
def _help_raises() -> Iterator[None]:
    def ask(parser: Parser, file: object = None) -> None:  # noqa: ARG001  as argparse calls it
        raise _Asked(parser)

    with patch.object(Parser, "print_help", ask):
        yield


def _calls() -> Iterator[str]:
    for command, entry in COMMANDS.items():
        if command in _WITH_ACTIONS:
            actions = import_module(f"galapagos.cli.{entry.module}").ACTIONS
            yield from (f"{command} {action}" for action in actions)
        else:
            yield command


def _summary(call: str, parser: Parser) -> str:
    entry = COMMANDS.get(call)
    if entry:
        return entry.summary
    first = re.split("[.:]( |$)", str(parser.description))[0]
    return first[0].lower() + first[1:]


def _section(call: str, parser: Parser) -> Iterator[str]:
    yield f"## galapagos {call}\n\n{_wrapped(parser.description)}\n"
    yield f"```sh\n{_usage(call, parser)}\n```\n"
    rows = [_row(action) for action in _actions(parser)]
    if rows:
        yield from ("| Argument | What it is |", "|---|---|", *rows, "")
    flags = [action for action in _all_actions(parser) if action.dest.startswith("parameter ")]
    if flags:
        live = "live " if any(action.help == SUPPRESS for action in flags) else ""
        yield f"Every {live}[parameter](parameters.md) is a flag, too.\n"
    if parser.epilog:
        yield f"{_wrapped(parser.epilog)}\n"


def _wrapped(text: str | None) -> str:
    return textwrap.fill(text or "", WIDTH, break_on_hyphens=False)


def _row(action: argparse.Action) -> str:
    # A bar would end the cell of the table, even in code.
    cells = (f"`{_shown(action)}`", action.help or "")
    return "| {} | {} |".format(*(cell.replace("|", "\\|") for cell in cells))


def _usage(call: str, parser: Parser) -> str:
    if parser.usage:
        return parser.usage
    actions = list(_actions(parser))
    arguments = [_shown(action) for action in actions if not action.option_strings]
    options = [
        text if action.required else f"[{text}]"
        for action, text in ((action, _shown(action)) for action in actions if action.option_strings)
    ]
    return " ".join(["galapagos", call, *arguments, *options])


def _shown(action: argparse.Action) -> str:
    choices = "|".join(map(str, action.choices)) if action.choices else ""
    name = action.metavar if isinstance(action.metavar, str) else choices or action.dest.upper()
    if not action.option_strings:
        return _COUNTS.get(str(action.nargs), "{}").format(name)
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {name}"


def _actions(parser: Parser) -> Iterator[argparse.Action]:
    for action in _all_actions(parser):
        if action.dest != "help" and not action.dest.startswith("parameter "):
            yield action


def _all_actions(parser: Parser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001  argparse has no public way to them


def _anchor(call: str) -> str:
    return f"galapagos {call}".replace(" ", "-")


def _readers(one: ParameterDescription) -> str:
    return ", ".join(one.experiments) or "all"


PAGES = {"commands.md": commands_page, "parameters.md": parameters_page, "presets.md": presets_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DIRECTORY / name).write_text(page(), encoding="utf-8")
