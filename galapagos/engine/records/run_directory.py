"""Run directories as people meet them: made, named, found, listed, removed."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from galapagos import home
from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.log_reading import last_generation_line
from galapagos.engine.records.run_state import (
    ALIVE,
    DIRECTORIES,
    ELSEWHERE,
    FAILED,
    FILES,
    FINISHED,
    STOPPED,
    UNTOLD_EXPERIMENT,
    EngineRecord,
    RunDirectory,
)
from galapagos.engine.records.runs_home import entries, links_to, make_findable, make_named, numbered
from galapagos.errors import RunDirectoryError, UnknownRun
from galapagos.fitness import FitnessKind, fitness_kind, fitness_text
from galapagos.plain_text import plain
from galapagos.steps import step_text

if TYPE_CHECKING:
    from galapagos.parameters import Parameters

__all__ = [
    "ALIVE",
    "ELSEWHERE",
    "FAILED",
    "FINISHED",
    "LATEST",
    "STOPPED",
    "EngineRecord",
    "RunDirectory",
    "RunInfo",
    "create_run",
    "list_runs",
    "open_run",
    "remove_run",
]

LATEST = "latest"
"""The name that stands for the run that was made last."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as a list shows it.

    Args:
        name: What `open_run` knows it by.
        path: Its directory.
        title: The preset it was started from, or the task's name.
        state: `alive`, `stopped` (also after a crash), `failed`, `finished` or `elsewhere`.
        generation: The last one that is in the journal, None before the first.
        best: The champion's fitness at that time; without a champion the generation's best.
        started: When it was made, seconds since 1970.
        fitness_kind: What the fitness is.
        message: Why it failed, or the command that attaches to it where its engine is on another host.
        experiment: The kind of experiment, which decides what its generations are called.
    """

    name: str
    path: Path
    title: str
    state: str
    generation: int | None
    best: float | None
    started: float
    fitness_kind: FitnessKind = FitnessKind.REWARD
    message: str = ""
    experiment: str = UNTOLD_EXPERIMENT

    @property
    def step_text(self) -> str:
        """The last generation that is in the journal, as `generation 12` or `epoch 13`; empty before it."""
        return "" if self.generation is None else step_text(self.experiment, self.generation)

    @property
    def best_text(self) -> str:
        """The best fitness as it is shown."""
        return fitness_text(self.best, self.fitness_kind)


def create_run(parameters: Parameters, title: str) -> RunDirectory:
    """Make the directory of a new run, with its parameters, its environment and an engine file.

    It is `out_dir` where that is given, else `<date>_<time>_<last part of title>` (and `parameters.name`, if
    any) among the user's runs. Where `overwrite_output` says so, a run that is in `out_dir` is set aside.

    Args:
        parameters: The effective parameters at the start.
        title: The preset, such as `wann-gym/CartPoleSwingUp`, or the task's name.

    Raises:
        RunDirectoryError: Where the directory is in use, is no empty one, or cannot be written.
    """
    title = plain(title)
    if parameters.data_dir:
        # The engine, its workers and a resume may have other working directories.
        parameters = parameters.changed(data_dir=str(Path(parameters.data_dir).expanduser().resolve()))
    place = parameters.out_dir or str(home.runs_home())
    try:
        path = _prepare_out_dir(parameters) if parameters.out_dir else make_named(parameters.name, title)
        run = RunDirectory(path.resolve())
        try:
            _make_files(run, parameters, title)
        except OSError:
            # It was empty, so all that is there was made just now.
            shutil.rmtree(run.path, ignore_errors=True)
            raise
    except OSError as error:
        raise RunDirectoryError(f"no run can be made in {plain(place)}: {error.strerror or error}") from None
    if parameters.out_dir:
        make_findable(run, title)
    return run


def _make_files(run: RunDirectory, parameters: Parameters, title: str) -> None:
    from galapagos.engine.records.environment import describe_environment
    from galapagos.parameter_files import dump_parameters

    for name in DIRECTORIES:
        (run.path / name).mkdir(exist_ok=True)
    environment = orjson.dumps(describe_environment(parameters.seed), option=orjson.OPT_INDENT_2)
    atomic_write(run.environment_file, environment)
    run.write_record(EngineRecord(title=title, created=time.time(), experiment=parameters.experiment))
    # Last, because this file is what makes a directory a run.
    atomic_write(run.parameters_file, dump_parameters(parameters).encode())


def open_run(path_or_name: str | Path) -> RunDirectory:
    """Return the run at a path, of a name, of the start of a name that fits no other, or the `latest`.

    Raises:
        UnknownRun: Where there is none, or several fit.
    """
    text = str(path_or_name)
    try:
        return _find(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UnknownRun(f"there is no run {plain(text)!r}: {plain(reason or str(error))}") from None


def _find(text: str) -> RunDirectory:
    named = RunDirectory((home.runs_home() / text).resolve())
    if text and "/" not in text and named.is_run():
        return named
    runs = dict(entries())
    if text == LATEST:
        if not runs:
            raise UnknownRun("there is no run yet; `galapagos run PRESET` starts one")
        return max(runs.values(), key=_created)
    path = Path(text).expanduser()
    if text and RunDirectory(path).is_run():
        return RunDirectory(path.resolve())
    fitting = sorted(name for name in runs if text and name.startswith(text))
    if len(fitting) == 1:
        return runs[fitting[0]]
    if fitting:
        raise UnknownRun(f"{plain(text)} fits {len(fitting)} runs: {_some(fitting)}")
    if path.exists():
        raise UnknownRun(f"{plain(text)} is no run: it has no parameters.yaml")
    raise UnknownRun(f"there is no run {plain(text)!r}{_nearest(text, list(runs))}")


def list_runs() -> list[RunInfo]:
    """Return all runs of this user, the newest first."""
    infos = {run.path: _describe(name, run) for name, run in entries()}
    return sorted(infos.values(), key=lambda info: (info.started, info.name), reverse=True)


def remove_run(path_or_name: str | Path) -> None:
    """Remove a run's files for good; files in its directory that are not a run's stay.

    Raises:
        UnknownRun: Where there is none.
        RunDirectoryError: Where its engine runs, here or elsewhere, or the files cannot be removed.
    """
    run = open_run(path_or_name)
    _refuse_while_used(run, "removed")
    try:
        with run.lock():
            for name in DIRECTORIES:
                if (run.path / name).exists():
                    shutil.rmtree(run.path / name)
            for path in (*run.path.glob("journal.tail-*.jsonl"), *run.path.glob(".*.new")):
                path.unlink()
            # Backwards, so that it is a run, and can be removed, until the end.
            for name in reversed(FILES):
                (run.path / name).unlink(missing_ok=True)
        for link in links_to(run.path):
            link.unlink()
        if not any(run.path.iterdir()):
            run.path.rmdir()
    except OSError as error:
        raise RunDirectoryError(f"run {plain(run.name)} cannot be removed: {error}") from None


def _prepare_out_dir(parameters: Parameters) -> Path:
    path = Path(parameters.out_dir).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise RunDirectoryError(f"out_dir {path} is a file; it must be a new or empty directory")
    if path.is_dir() and any(path.iterdir()):
        run = RunDirectory(path.resolve())
        if not run.is_run():
            raise RunDirectoryError(f"out_dir {path} holds other files; it must be a new or empty directory")
        if not parameters.overwrite_output:
            raise RunDirectoryError(f"out_dir {path} holds a run; resume it, or set overwrite_output: true")
        _refuse_while_used(run, "set aside")
        with run.lock():
            _set_aside(run)
    path.mkdir(parents=True, exist_ok=True)
    return path


def _set_aside(run: RunDirectory) -> None:
    stamp = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(_created(run)))
    for target in numbered(run.path.with_name(f"{run.name}.{stamp}")):
        if not target.exists():
            run.path.rename(target)
            for link in links_to(run.path):
                link.unlink()
                link.symlink_to(target)
            return


def _created(run: RunDirectory) -> float:
    record = run.engine_file()
    if record is not None:
        return record.created
    return run.parameters_file.stat().st_mtime


def _describe(name: str, run: RunDirectory) -> RunInfo:
    record = run.engine_file()
    state = run.condition()
    line = last_generation_line(run.journal_file)
    generation, champion = _number(line.get("generation")), _number(line.get("champion_fitness"))
    message = record.message if record and state == FAILED else ""
    experiment = run.experiment()
    return RunInfo(
        name=name,
        path=run.path,
        title=plain(record.title) if record else plain(name),
        state=state,
        generation=None if generation is None else int(generation),
        best=_number(line.get("best_fitness")) if champion is None else champion,
        started=record.created if record else _created(run),
        fitness_kind=fitness_kind(experiment),
        message=run.attach_command() if state == ELSEWHERE else plain(message),
        experiment=experiment,
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _refuse_while_used(run: RunDirectory, what: str) -> None:
    state = run.condition()
    if state == ALIVE:
        raise RunDirectoryError(f"run {plain(run.name)} is alive and cannot be {what}; stop it first")
    if state == ELSEWHERE:
        record = run.engine_file()
        host = plain(record.host) if record else "another host"
        raise RunDirectoryError(
            f"run {plain(run.name)} was last alive on {host} and cannot be {what} from here; "
            f"if that machine is gone, remove {run.engine_json} first"
        )


def _some(names: list[str]) -> str:
    return ", ".join(plain(name) for name in names[:3]) + (", …" if len(names) > 3 else "")


def _nearest(text: str, names: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(text, names, n=1, cutoff=0.4)
    return f"; did you mean {plain(near[0])}?" if near else "; `galapagos runs list` names them"
