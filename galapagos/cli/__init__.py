"""The command line, `galapagos COMMAND …`: this module only finds the command, which imports its needs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from errno import ENOSPC

from galapagos.errors import GalapagosError, InvalidParameters

INTERRUPTED = 130
DEBUG = "--debug"
ASCII, AS = "--ascii", "--as"
"""The flags of everything that shows a dashboard: draw in plain characters; who looks and steers."""


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """Where a command is, and what it does in one line.

    Args:
        call: Its arguments, as `--help` shows them.
        summary: What it does.
        module: The module under `galapagos.cli`.
        function: Takes the arguments behind the command's name and returns the exit code.
    """

    call: str
    summary: str
    module: str
    function: str


COMMANDS = {
    "run": CommandEntry("PRESET [--NAME VALUE …]", "start an engine and the dashboard", "run", "run"),
    "attach": CommandEntry("[RUN]", "the dashboard on a running engine", "run", "attach"),
    "resume": CommandEntry("RUN", "go on with a stopped or crashed run", "run", "resume"),
    "replay": CommandEntry("RUN [--until N]", "run a run again, and compare", "branches", "replay"),
    "fork": CommandEntry(
        "RUN --at N [--NAME VALUE …]", "go another way from generation N", "branches", "fork"
    ),
    "runs": CommandEntry("[list|export|remove]", "what ran, what runs; curves as CSV", "runs", "runs"),
    "status": CommandEntry("[RUN]", "what a run is doing", "control", "status"),
    "stop": CommandEntry("[RUN]", "end a run with a checkpoint", "control", "stop"),
    "pause": CommandEntry("[RUN]", "stop sending work to the workers", "control", "pause"),
    "continue": CommandEntry("[RUN]", "end a pause", "control", "go_on"),
    "set": CommandEntry("[RUN] NAME=VALUE …", "change parameters of a live run", "control", "set_values"),
    "inject": CommandEntry("[RUN] NETWORK", "put a network into the next generation", "control", "inject"),
    "evaluate": CommandEntry("NETWORK [PRESET]", "score a saved network", "evaluate", "evaluate"),
    "library": CommandEntry("[list|show|add|…]", "the saved elites", "library", "library"),
    "params": CommandEntry("[list|show|check]", "parameters, presets, a file's problems", "params", "params"),
    "bench": CommandEntry("", "how fast this machine evaluates", "bench", "bench"),
    "doctor": CommandEntry("", "what is installed, and what this machine can do", "doctor", "doctor"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code.

    Args:
        arguments: Those behind the program's name, by default of this process.

    Returns:
        0 done, 1 the run failed, 2 the call was wrong, 130 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    _prepare_output()
    debug = DEBUG in arguments
    arguments = [argument for argument in arguments if argument != DEBUG]
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 0
    except GalapagosError as error:
        if debug:
            raise
        _complain(error)
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        _complain(InvalidParameters([unexpected(error)]))
        return 1
    return code


def unexpected(error: Exception) -> str:
    """Return the line for an error that nobody foresaw."""
    if isinstance(error, OSError) and error.errno == ENOSPC:
        return f"galapagos: what this writes has no room: {error.strerror}"
    return f"galapagos: unexpected {type(error).__name__}: {error} ({DEBUG} shows where)"


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0].partition("=")[0] in (ASCII, AS):
        return _home(arguments)
    first, rest = arguments[0], arguments[1:]
    if first == "help" and rest:
        first, rest = rest[0], [*rest[1:], "--help"]
    if first in {"-h", "--help", "help"}:
        return _show(_help())
    if first in {"-V", "--version"}:
        from importlib.metadata import version

        return _show(f"galapagos {version('galapagos')}\n")
    entry = COMMANDS.get(first)
    if entry is None:
        from galapagos.cli.parsing import WrongCall, nearest

        raise WrongCall(f"{first!r} is no command{nearest(first, COMMANDS, 'galapagos --help')}")
    import importlib

    function = getattr(importlib.import_module(f"galapagos.cli.{entry.module}"), entry.function)
    return int(function(rest))


def _home(arguments: list[str]) -> int:
    ascii_only = _read_home(arguments) if arguments else None
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        sys.stderr.write(
            "galapagos: no terminal to choose an experiment in; "
            "`galapagos run wann-gym/CartPoleSwingUp` starts one, `galapagos --help` names the commands\n"
        )
        return GalapagosError.exit_code
    from tui.app import run_home

    return run_home(ascii_only=ascii_only)


def _read_home(arguments: list[str]) -> bool | None:
    """Take what `galapagos` alone is told; return whether it asks for plain characters, None where not."""
    from galapagos.cli.choose_run import add_name, show_as
    from galapagos.cli.parsing import Parser

    parser = Parser("", "Choose an experiment, continue or attach to a run.")
    parser.add_argument(ASCII, action="store_true")
    add_name(parser)
    namespace = parser.read(arguments)
    show_as(namespace.as_name)
    return namespace.ascii or None


def _help() -> str:
    calls = {name: f"galapagos {name} {entry.call}".rstrip() for name, entry in COMMANDS.items()}
    width = max(len(call) for call in calls.values())
    lines = [f"  {calls[name]:<{width}}  {entry.summary}" for name, entry in COMMANDS.items()]
    return "\n".join(
        (
            "Galápagos: continual, interactive neuroevolution in the terminal.",
            "",
            f"  {'galapagos':<{width}}  choose an experiment, continue or attach to a run",
            *lines,
            "",
            "PRESET is a YAML file or a shipped preset, as wann-gym/CartPoleSwingUp; `galapagos params show`",
            "names them. RUN is the name of a run, the start of one, a directory, or `latest`; [RUN] may be",
            "left out where exactly one run is alive. NETWORK is a saved elite (its id or name), a JSON",
            "file, a published WANN matrix (.out), RUN/ID or RUN/champion. `run` takes every parameter.",
            "",
            "  COMMAND --help  more on a command    --debug  a traceback with errors    --version",
            "  --ascii         a dashboard in plain characters (also of run, attach, resume and fork)",
            "  --as NAME       who you are to others at the run (also of run, attach, resume and fork)",
            "",
            "Exit codes: 0 done, 1 the run failed, 2 the call was wrong, 130 interrupted.",
            "",
        )
    )


def _prepare_output() -> None:
    """Let a narrow encoding or a closed stream be no error: what cannot be written is replaced or dropped."""
    import os
    from io import TextIOWrapper
    from pathlib import Path

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # It stays open until the process ends.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _show(text: str) -> int:
    sys.stdout.write(text)
    return 0


def _complain(error: GalapagosError) -> None:
    from galapagos.plain_text import plain

    # A problem of a file starts with its place, so that editors and people can go there.
    lines = error.problems if isinstance(error, InvalidParameters) else [f"galapagos: {error}"]
    sys.stderr.write("".join(f"{plain(line, limit=1000)}\n" for line in lines))


def _drop_output() -> None:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
