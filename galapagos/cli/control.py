"""Commands to a running engine: `status`, `stop`, `pause`, `continue`, `set` and `inject`."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from galapagos.cli.choose_run import add_name, add_run, connected, find_run
from galapagos.cli.parsing import Parser, WrongCall, say, say_json
from galapagos.errors import ConnectionLost, EngineFailed, UnknownRun
from galapagos.fitness import fitness_text, kind_of_test
from galapagos.plain_text import plain
from galapagos.steps import EPOCH, step_name, step_text

if TYPE_CHECKING:
    from argparse import Namespace

    from galapagos.engine.commands import Command
    from galapagos.engine.records.run_directory import RunDirectory, RunInfo
    from galapagos.engine.snapshot import Snapshot

STOP_SECONDS = 60.0
"""How long `stop` waits for the engine to write its checkpoint and end."""


def status(arguments: list[str]) -> int:
    """Print what a run is doing: `galapagos status [RUN] [--json]`."""
    parser = _parser("status", "Print what a run is doing, or where it stopped.")
    parser.add_argument("--json", action="store_true", help="the engine's whole snapshot as one JSON object")
    namespace = parser.read(arguments)
    run = find_run(namespace.run)
    if not run.is_alive():
        return _status_from_files(run, as_json=namespace.json)
    from dataclasses import asdict

    with connected(str(run.path)) as client:
        snapshot = client.snapshot()
    if namespace.json:
        say_json(asdict(snapshot))
    else:
        for line in _status_lines(snapshot):
            say(line)
    return 0


def stop(arguments: list[str]) -> int:
    """End a run with a checkpoint: `galapagos stop [RUN]`."""
    from galapagos.engine.commands import Stop
    from galapagos.engine.records.run_directory import FAILED

    parser = _parser("stop", "End a run with a checkpoint; `galapagos resume` goes on with it.")
    add_name(parser)
    namespace = parser.read(arguments)
    run = find_run(namespace.run)
    # A quick engine may be gone before its answer arrives; what counts is how its run then stands.
    with connected(str(run.path), namespace.as_name) as client, suppress(ConnectionLost):
        client.send(Stop())
        for _ in client.snapshots():
            pass
    state = _state_at_end(run)
    if state == FAILED:
        raise EngineFailed(f"{plain(run.name)} failed instead of stopping; see {run.log_file}")
    say(f"{plain(run.name)} is {state}; `galapagos resume {plain(run.name)}` goes on with it")
    return 0


def pause(arguments: list[str]) -> int:
    """Stop sending work: `galapagos pause [RUN]`."""
    from galapagos.engine.commands import Pause

    parser = _parser("pause", "Stop sending work to the workers until `galapagos continue`.")
    add_name(parser)
    namespace = parser.read(arguments)
    _send(namespace, Pause(), "paused; `galapagos continue` ends it", is_at_once=True)
    return 0


def go_on(arguments: list[str]) -> int:
    """End a pause: `galapagos continue [RUN]`."""
    from galapagos.engine.commands import Continue

    parser = _parser("continue", "End a pause.")
    add_name(parser)
    _send(parser.read(arguments), Continue(), "goes on", is_at_once=True)
    return 0


def set_values(arguments: list[str]) -> int:
    """Change live parameters: `galapagos set [RUN] NAME=VALUE …`, all of them or none."""
    parser = Parser(
        "set",
        "Change live parameters of a run, all together or none; `galapagos params list` names them.",
        usage="[RUN] NAME=VALUE … [--as NAME]",
        epilog="RUN may be left out where one run is alive. Lists are separated by commas.",
    )
    parser.add_argument("words", metavar="[RUN] NAME=VALUE", nargs="+", help="num_trials=5 elite_ratio=0.1")
    add_name(parser)
    namespace = parser.read(arguments)
    words = namespace.words
    namespace.run, changes = (None, words) if "=" in words[0] else (words[0], words[1:])
    if not changes or not all("=" in change for change in changes):
        raise WrongCall("changes are written NAME=VALUE, as `galapagos set latest num_trials=5`")
    from galapagos.cli.parameter_flags import PLACE, read_changes
    from galapagos.engine.commands import SetParameters
    from galapagos.parameter_files import Given

    texts = {
        name.strip(): Given(text, PLACE) for name, _, text in (change.partition("=") for change in changes)
    }
    changed = SetParameters(read_changes(texts))
    _send(namespace, changed, ", ".join(f"{name} = {plain(given.value)}" for name, given in texts.items()))
    return 0


def inject(arguments: list[str]) -> int:
    """Put a clone of a network into the next generation: `galapagos inject [RUN] NETWORK`."""
    parser = Parser(
        "inject",
        "Put a clone of a network into the next generation, where it competes.",
        epilog="RUN may be left out where one run is alive.",
        usage="[RUN] NETWORK [--as NAME]",
    )
    parser.add_argument(
        "words", metavar="[RUN] NETWORK", nargs="+", help="a saved elite, a file, RUN/ID or RUN/champion"
    )
    add_name(parser)
    namespace = parser.read(arguments)
    words = namespace.words
    if len(words) > 2:
        raise WrongCall(f"{len(words)} arguments are too many; `galapagos inject RUN NETWORK` has two")
    from galapagos.cli.networks import find_network
    from galapagos.engine.commands import Inject

    network = find_network(words[-1])
    source = f"saved {network.entry.name}" if network.entry is not None else ""
    command = Inject(network.genome.to_json(), network.id, source[:200])
    with connected(words[0] if len(words) == 2 else None, namespace.as_name) as client:
        generation = client.send(command)["generation"]
        run = client.snapshot()
    if network.entry is not None:
        from library_store import Library

        with Library() as library:
            library.injected(network.entry.id, run=run.run, path=run.directory, generation=generation)
    say(f"{plain(words[-1])} competes from {step_text(run.parameters['experiment'], generation)} on")
    return 0


def _parser(name: str, description: str) -> Parser:
    parser = Parser(name, description)
    add_run(parser)
    return parser


def _send(namespace: Namespace, command: Command, done: str, *, is_at_once: bool = False) -> None:
    with connected(namespace.run, namespace.as_name) as client:
        snapshot = client.snapshot()
        generation = client.send(command).get("generation", 0)
    acts = "" if is_at_once else f" from {step_text(snapshot.parameters['experiment'], generation)} on"
    say(f"{plain(snapshot.run)}: {done}{acts}")


def _state_at_end(run: RunDirectory) -> str:
    from galapagos.engine.records.run_directory import ALIVE

    # The socket closes first; the files are complete when the process has ended. It is no child of this one,
    # so there is nothing to wait on: its state is looked at until it changes.
    deadline = time.monotonic() + STOP_SECONDS
    while (state := run.condition()) == ALIVE:
        if time.monotonic() > deadline:
            raise EngineFailed(f"{plain(run.name)} did not end within {STOP_SECONDS:g} s; see {run.log_file}")
        time.sleep(0.02)
    return state


def _status_from_files(run: RunDirectory, *, as_json: bool) -> int:
    info = _info_of(run)
    if as_json:
        say_json(
            {
                "run": info.name,
                "title": info.title,
                "state": info.state,
                "message": info.message,
                "generation": info.generation,
                "best_fitness": info.best,
                "directory": str(info.path),
            }
        )
        return 0
    where = f"at {info.step_text}" if info.step_text else f"before its first {step_name(info.experiment)}"
    best = "" if info.best is None else f", best {info.best_text}"
    say(f"{plain(info.name)}  {plain(info.title)}  {info.state} {where}{best}")
    if info.message:
        say(plain(info.message))
    return 0


def _info_of(run: RunDirectory) -> RunInfo:
    from galapagos.engine.records.run_directory import list_runs

    for info in list_runs():
        if info.path.resolve() == run.path:
            return info
    raise UnknownRun(f"{plain(run.name)} cannot be read; `galapagos runs` names those that can")


def _status_lines(snapshot: Snapshot) -> list[str]:
    end = "" if snapshot.last_generation is None else f" of {snapshot.last_generation}"
    one, kind = snapshot.champion, snapshot.fitness_kind
    measure = snapshot.parameters["complexity_measure"]
    champion = f"{fitness_text(one.fitness, kind)}, {one.complexity} {measure}, {one.id}" if one else "-"
    best, mean = (fitness_text(value, kind) for value in (snapshot.best_fitness, snapshot.mean_fitness))
    busy = sum(worker.state == "busy" for worker in snapshot.workers)
    step = step_name(snapshot.parameters["experiment"])
    lines = [
        f"{plain(snapshot.run)}  {plain(snapshot.title)}",
        f"  state        {snapshot.state}{f': {plain(snapshot.message)}' if snapshot.message else ''}",
        f"  {step:<12} {snapshot.generation}{end}{_progress(snapshot)}",
        f"  best, mean   {best}, {mean}",
        f"  champion     {champion}",
        f"  tested       {fitness_text(snapshot.champion_test, kind_of_test(kind))}",
        f"  evaluations  {snapshot.evaluations}, {snapshot.evaluations_per_second:.0f} a second",
        f"  elapsed      {_duration(snapshot.elapsed)}",
        f"  workers      {busy}/{len(snapshot.workers)} busy",
        f"  directory    {plain(snapshot.directory)}",
    ]
    if snapshot.pending:
        lines.append(f"  pending      {plain(', '.join(f'{k}={v}' for k, v in snapshot.pending.items()))}")
    return lines


def _progress(snapshot: Snapshot) -> str:
    """Return how far the present generation is; an epoch is counted when it is over."""
    if step_name(snapshot.parameters["experiment"]) == EPOCH:
        return " learned"
    return f", {snapshot.done}/{snapshot.total} evaluated"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
