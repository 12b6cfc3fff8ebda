"""Runs made of runs: a replay does again what a run did, a fork goes another way from some generation on.

Parameters, seed and commands determine a run, so a new directory with those of another becomes the same run,
as far as the commands are the same. A fork takes the latest checkpoint of its source that is not beyond the
generation where it leaves; what lies between the two is evolved again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.commands import SetParameters, command_to_json
from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.log_reading import last_generation_line
from galapagos.engine.files.plain_files import read_plain
from galapagos.engine.records.checkpoint import load_checkpoint, write_checkpoint
from galapagos.engine.records.command_entries import checked
from galapagos.engine.records.command_log import commands_of, write_commands
from galapagos.engine.records.environment import describe_environment, differences
from galapagos.engine.records.run_directory import create_run, remove_run
from galapagos.engine.steering import standing
from galapagos.errors import CheckpointError, InvalidParameters, RunDirectoryError, UnknownRun
from galapagos.parameter_files import load_parameters, validate_change
from galapagos.plain_text import plain
from galapagos.strict_json import members, parse_json, text, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.parameters import Parameters

FORK, REPLAY = "fork", "replay"
_ATTEMPTS = 20
_MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a run comes from, as its `branch.json` says.

    Args:
        kind: `fork` or `replay`.
        source: The directory of the run it was made of.
        generation: The first one in which it may differ; of a replay the one before which it ends.
        changes: The parameters that a fork changes there.
    """

    kind: str
    source: str
    generation: int
    changes: dict[str, Any]


def branch_of(run: RunDirectory) -> Branch | None:
    """Return where a run comes from; None where it is made of no other, or its file is damaged."""
    try:
        found = members(parse_json(read_plain(run.branch_file, _MOST_BYTES)), "branch.json")
        branch = Branch(
            kind=text(found.get("kind"), "kind"),
            source=text(found.get("source"), "source"),
            generation=whole(found.get("generation"), "generation"),
            changes=members(found.get("changes"), "changes"),
        )
    except (OSError, ValueError):
        return None
    sound = branch.kind in (FORK, REPLAY) and branch.source.startswith("/") and branch.source.isprintable()
    return branch if sound else None


def make_replay(source: RunDirectory, until: int | None = None) -> tuple[RunDirectory, int]:
    """Return a new run that has not begun and does what another did, and the generation before which it ends.

    Args:
        source: The run, alive or over.
        until: That generation; by default the first that the source has not recorded yet.

    Raises:
        UnknownRun: Where the source has not come so far.
        CheckpointError: Where its commands are damaged.
    """
    reached = _reached(source, until)
    if reached == 0:
        raise UnknownRun(
            f"{plain(source.name)} has recorded no generation yet, so there is nothing to replay"
        )
    parameters = load_parameters(source.parameters_file)
    commands = commands_of(source.commands_file, before=reached)
    run = _create(source, parameters, REPLAY)
    try:
        _finish(run, commands, Branch(REPLAY, str(source.path), reached, {}))
    except BaseException:
        remove_run(run.path)
        raise
    return run, reached


def fork(source: RunDirectory, at: int, changes: Mapping[str, Any]) -> RunDirectory:
    """Return a new run, not begun, that is another one before a generation and goes its own way from it on.

    Args:
        source: The run, alive or over.
        at: The generation in which the changes act, at least 0 and at most the first not recorded yet.
        changes: Live parameters; none makes a run that goes on as its source did, but for later commands.

    Raises:
        UnknownRun: Where the source has not come so far.
        InvalidParameters: Where a change is unknown, fixed while a run goes on, or does not fit.
        CheckpointError: Where its commands or its checkpoints are damaged.
    """
    validate_change(parameters_at(source, at), changes)
    parameters = load_parameters(source.parameters_file)
    commands = commands_of(source.commands_file, before=at)
    if changes:
        entry = command_to_json(SetParameters(dict(changes))) | {"client": FORK}
        commands.append((at, entry))
    checkpoint = _checkpoint_before(source, at)
    run = _create(source, parameters, f"{FORK}-{at}")
    try:
        if checkpoint is not None:
            _begin_at(run, source, checkpoint)
        _finish(run, commands, Branch(FORK, str(source.path), at, dict(changes)))
    except BaseException:
        remove_run(run.path)
        raise
    return run


def parameters_at(source: RunDirectory, at: int) -> Parameters:
    """Return the parameters that a fork at a generation has as long as nothing is changed there.

    Raises:
        UnknownRun: Where the run has not come so far.
        CheckpointError: Where its commands are damaged.
    """
    _reached(source, at)
    parameters = load_parameters(source.parameters_file)
    for _, entry in standing(checked(commands_of(source.commands_file, before=at))):
        if entry["command"] == "set":
            try:
                parameters = validate_change(parameters, entry["changes"])
            except InvalidParameters as error:
                raise CheckpointError(
                    f"{source.commands_file} changes parameters as it cannot be: {'; '.join(error.problems)}"
                ) from None
    return parameters


def other_program(run: RunDirectory) -> str:
    """Return what of program and machine is not as it was when a run was made, in a line, or nothing."""
    try:
        recorded = members(parse_json(read_plain(run.environment_file, _MOST_BYTES)), "environment.json")
    except (OSError, ValueError):
        return "made with versions that nothing tells: it may come out otherwise"
    found = differences(recorded, describe_environment(0))
    return f"made with {', '.join(found)}: it may come out otherwise" if found else ""


def _reached(source: RunDirectory, generation: int | None) -> int:
    recorded = int(last_generation_line(source.journal_file).get("generation", -1)) + 1
    if generation is None:
        return recorded
    if not 0 <= generation <= recorded:
        raise UnknownRun(
            f"{plain(source.name)} has recorded {recorded} generations, so it cannot be cut at {generation}; "
            f"0 to {recorded} would be right"
        )
    return generation


def _create(source: RunDirectory, parameters: Parameters, suffix: str) -> RunDirectory:
    record = source.engine_file()
    title = source.name if record is None else record.title
    name = "-".join(part for part in (parameters.name, suffix) if part)
    return create_run(parameters.changed(name=name, out_dir="", overwrite_output=False), title)


def _checkpoint_before(source: RunDirectory, at: int) -> Checkpoint | None:
    """Return the checkpoint of a run to go on from, if any is not beyond a generation."""
    checkpoint, _ = load_checkpoint(source.checkpoint_directory, until=at)
    return checkpoint


def _begin_at(run: RunDirectory, source: RunDirectory, checkpoint: Checkpoint) -> None:
    """Give a run everything that its source had written by a checkpoint; what is too much its engine cuts."""
    with source.journal_file.open("rb") as file:
        journal = file.read(checkpoint.journal_length)
    if len(journal) != checkpoint.journal_length:
        raise RunDirectoryError(f"{source.journal_file} is shorter than its checkpoint says")
    atomic_write(run.journal_file, journal)
    _copy_files(source.individuals_directory, run.individuals_directory)
    write_checkpoint(run.checkpoint_directory, checkpoint)


def _copy_files(source: Path, target: Path) -> None:
    """Copy the files of individuals, which a live engine may join at any moment."""
    for _ in range(_ATTEMPTS):
        for path in target.iterdir():
            path.unlink()
        try:
            for path in sorted(source.glob("*.npz")):
                copyfile(path, target / path.name)
        except FileNotFoundError:
            continue
        return
    raise RunDirectoryError(f"{source} changes faster than it can be copied; pause the run first")


def _finish(run: RunDirectory, commands: list[tuple[int, dict[str, Any]]], branch: Branch) -> None:
    write_commands(run.commands_file, commands)
    atomic_write(run.branch_file, orjson.dumps(asdict(branch), option=orjson.OPT_INDENT_2))
