"""`runs list|export|remove`: what ran and what runs, its curves as CSV, and an end to it."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.cli.actions import Action, act
from galapagos.cli.asking import agreed
from galapagos.cli.choose_run import RUN, find_run
from galapagos.cli.parsing import Parser, WrongCall, note, say, say_json
from galapagos.cli.tables import say_table
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.engine.records.run_directory import RunInfo


def runs(arguments: list[str]) -> int:
    """List, export or remove runs: `galapagos runs [list|export|remove]`."""
    return act("runs", "What ran and what runs.", ACTIONS, arguments)


def _list(arguments: list[str]) -> int:
    parser = Parser("runs list", "All runs of this user, the newest first.")
    parser.add_argument("--json", action="store_true", help="a JSON list")
    namespace = parser.read(arguments)
    from galapagos.engine.records.run_directory import list_runs

    infos = list_runs()
    if namespace.json:
        say_json([asdict(info) | {"path": str(info.path)} for info in infos])
        return 0
    if not infos:
        say("no run yet; `galapagos run wann-gym/CartPoleSwingUp` starts one")
        return 0
    head = ("run", "preset", "state", "at", "best", "started")
    say_table([head, *(_row(info) for info in infos)], spare=(5, 1, 3))
    return 0


def _row(info: RunInfo) -> tuple[str, ...]:
    return (
        plain(info.name),
        plain(info.title),
        info.state,
        info.step_text or "-",
        info.best_text,
        time.strftime("%Y-%m-%d %H:%M", time.localtime(info.started)),
    )


def _export(arguments: list[str]) -> int:
    parser = Parser("runs export", "Write the curves and individuals of a run as CSV files.")
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument(
        "--to", metavar="DIR", help="where to; by default a new directory named after the run"
    )
    namespace = parser.read(arguments)
    run = find_run(namespace.run)
    target = Path(namespace.to).expanduser() if namespace.to else Path(f"{run.name}_csv")
    from galapagos.engine.records.export import export_run
    from galapagos.engine.records.history import load_run

    history = load_run(run)
    for path in export_run(run, target, history):
        say(plain(str(path)))
    for problem in history.problems:
        note(plain(problem, 400))
    return 0


def _remove(arguments: list[str]) -> int:
    parser = Parser("runs remove", "Remove runs for good; those that are alive are refused.")
    parser.add_argument("runs", metavar="RUN", nargs="+", help=RUN)
    parser.add_argument("--yes", action="store_true", help="without asking")
    namespace = parser.read(arguments)
    from galapagos.engine.records.run_directory import remove_run

    found = [find_run(name) for name in namespace.runs]
    names = ", ".join(plain(run.name) for run in found)
    if not namespace.yes and not agreed(f"remove {names} for good? [y/N] "):
        raise WrongCall("nothing was removed; --yes removes without asking")
    for run in found:
        remove_run(run.path)
        say(f"{plain(run.name)} is removed")
    return 0


ACTIONS = {
    "list": Action("", "all runs of this user, the newest first", _list),
    "export": Action("RUN [--to DIR]", "its curves and individuals as CSV files", _export),
    "remove": Action("RUN …", "remove runs for good", _remove),
}
