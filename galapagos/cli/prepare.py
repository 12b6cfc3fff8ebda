"""What comes before an engine: checking what `run` and `resume` were given, and making the run directory."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.cli import ASCII
from galapagos.cli.choose_run import RUN, add_name, find_run
from galapagos.cli.parameter_flags import add_parameter_flags, given_parameters, join_values, read_changes
from galapagos.cli.parsing import Parser, WrongCall
from galapagos.engine.records.run_directory import RunDirectory, create_run
from galapagos.parameter_files import load_given, load_parameters
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.parameters import Parameters

# The task that is known without importing gymnasium, which takes longer than all the rest before the start.
_SWING_UP = {
    "experiment": ("wann-gym",),
    "env_name": ("CartPoleSwingUp",),
    "num_inputs": (None, 5),
    "num_outputs": (None, 1),
    "take_argmax_action": (False,),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A run that only lacks its engine.

    Args:
        directory: Where its files are.
        notice: A line about the task that the person should know, or empty.
        as_name: Who looks and steers, as others are told; None where nothing was said.
    """

    directory: RunDirectory
    notice: str = ""
    as_name: str | None = None


def get_ready(command: str, arguments: list[str]) -> Ready:
    """Check everything that `run` or `resume` were given, and make what is missing but the engine.

    Raises:
        GalapagosError: Where something is wrong; then nothing was made.
    """
    return {"run": _ready_to_run, "resume": _ready_to_resume}[command](arguments)


def _ready_to_run(arguments: list[str]) -> Ready:
    parser = Parser(
        "run",
        "Start an engine and the dashboard on it. Every parameter is a flag and overrides the file.",
        usage="PRESET [--headless] [--ascii] [--as NAME] [--from_library QUERY] [--NAME VALUE …]",
        epilog="Without a terminal on stdout, and with --headless, the engine runs here and prints lines.",
    )
    parser.add_argument("preset", metavar="PRESET", help="a YAML file, or a name of `galapagos params show`")
    parser.add_argument("--headless", action="store_true", help="print a line a generation, no dashboard")
    parser.add_argument(ASCII, action="store_true", help="draw the dashboard in plain characters")
    add_name(parser)
    parser.add_argument(
        "--from_library", metavar="QUERY", help="begin with saved elites: words, tag:T fitness>=X …, or ''"
    )
    add_parameter_flags(parser)
    namespace = parser.read(join_values(arguments))
    parameters = load_given(namespace.preset, given_parameters(namespace))
    notice = _check_task(parameters)
    if namespace.from_library is None:
        directory = create_run(parameters, _title(namespace.preset))
        return Ready(directory, notice=notice, as_name=namespace.as_name)
    from galapagos.cli.seeding import saved_elites, seed

    entries, about = saved_elites(namespace.from_library, parameters)
    directory = create_run(parameters, _title(namespace.preset))
    seed(directory, parameters, entries)
    notice = "; ".join(filter(None, (notice, about)))
    return Ready(directory, notice=notice, as_name=namespace.as_name)


def _ready_to_resume(arguments: list[str]) -> Ready:
    parser = Parser(
        "resume",
        "Go on with a stopped or crashed run at its last checkpoint, bit for bit. "
        "Live parameters may be given; they act from the next generation on.",
        usage="RUN [--headless] [--ascii] [--as NAME] [--NAME VALUE …]",
    )
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument("--headless", action="store_true", help="print a line a generation, no dashboard")
    parser.add_argument(ASCII, action="store_true", help="draw the dashboard in plain characters")
    add_name(parser)
    add_parameter_flags(parser, shows_fixed=False)
    namespace = parser.read(join_values(arguments))
    directory = find_run(namespace.run)
    if directory.is_alive():
        raise WrongCall(
            f"{plain(directory.name)} is alive; `galapagos attach {plain(directory.name)}` shows it"
        )
    changes = read_changes(given_parameters(namespace))
    if changes:
        _change(directory, changes)
    from galapagos.engine.branches import other_program

    otherwise = other_program(directory)
    notice = otherwise and f"this run was {otherwise}"
    return Ready(directory, notice=notice, as_name=namespace.as_name)


def _change(directory: RunDirectory, changes: dict[str, Any]) -> None:
    """Log a change of parameters for the next generation of a run that is not alive."""
    import asyncio

    from galapagos.engine.commands import SetParameters
    from galapagos.engine.records.checkpoint import load_checkpoint
    from galapagos.engine.records.command_log import CommandLog
    from galapagos.engine.steering import CommandQueue
    from galapagos.parameters import Parameters

    with directory.lock():
        checkpoint, _ = load_checkpoint(directory.checkpoint_directory)
        if checkpoint is None:
            parameters = load_parameters(directory.parameters_file)
        else:
            parameters = Parameters.model_validate(checkpoint.parameters)
        queue = CommandQueue(
            log=CommandLog(directory.commands_file),
            parameters=parameters,
            next_generation=0 if checkpoint is None else checkpoint.generation,
            pinned={},
        )
        queue.play_again()
        asyncio.run(queue.put(SetParameters(changes), client="command line", individual=None))


def _check_task(parameters: Parameters) -> str:
    """Find out that a task is not there, or does not fit, before anything is touched; return its notice."""
    if all(getattr(parameters, name) in values for name, values in _SWING_UP.items()):
        return ""
    from galapagos.tasks.catalogue import check_task

    return plain(check_task(parameters, show_progress=sys.stderr.isatty()) or "")


def _title(preset: str) -> str:
    """Return what a run of a preset is called: `folder/name`, also where a path was given."""
    parts = preset.removesuffix(".yaml").removesuffix(".yml").split("/")
    return "/".join(part for part in parts[-2:] if part not in {"", ".", ".."})
