"""The engine in the foreground: plain lines on stdout instead of a dashboard, and the socket as ever."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

from galapagos.engine.program import run_engine
from galapagos.engine.records.run_directory import open_run
from galapagos.fitness import fitness_kind, fitness_text, text_of_test
from galapagos.garbage import look_for_garbage_seldom
from galapagos.plain_text import plain
from galapagos.steps import step_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INTERRUPTED = 130


def run_foreground(
    path: Path,
    *,
    until: int | None = None,
    on_line: Callable[[dict[str, Any]], None] = lambda _: None,
) -> int:
    """Evolve a run until its end, a line a generation; return the exit code.

    Args:
        path: The run directory.
        until: The generation before which it stops, if any.
        on_line: Called with each line of the journal after it is printed; an error of it ends the run.

    Raises:
        GalapagosError: Where the run cannot start, or failed.
    """
    look_for_garbage_seldom()
    run = open_run(path)
    _print(f"run {plain(run.name)} in {plain(str(run.path))}")
    experiment = run.experiment()

    def tell(line: dict[str, Any]) -> None:
        _print(line_text(line, experiment))
        if line["type"] != "event":
            on_line(line)

    signal = asyncio.run(run_engine(run, linger=False, until=until, on_line=tell))
    if signal is not None:
        _print(f"stopped by {signal.name} with a checkpoint; go on with: galapagos resume {plain(run.name)}")
        return INTERRUPTED
    return 0


def line_text(line: dict[str, Any], experiment: str = "wann-gym") -> str:
    """Return what is printed for a line of the journal of a kind of experiment."""
    generation, kind = line["generation"], fitness_kind(experiment)
    step = step_text(experiment, generation, width=5)
    match line["type"]:
        case "generation" if experiment == "learning":
            return _epoch_text(line, step)
        case "generation":
            return (
                f"{step}  best {fitness_text(line['best_fitness'], kind):>8}"
                f"  mean {fitness_text(line['mean_fitness'], kind):>8}"
                f"  champion {fitness_text(line['champion_fitness'], kind):>8}"
                f"  size {line['best_complexity'] if line['best_complexity'] is not None else '-':>4}"
                f"  {line['evaluations'] / max(line['seconds'], 1e-9):6.0f} networks/s"
            )
        case "parameters":
            changes = ", ".join(f"{name} {old} → {new}" for name, (old, new) in line["changes"].items())
            return f"{step}  parameters {changes}"
        case "test":
            when = step_text(experiment, generation)
            return f"champion {line['id']} tested after {when}: {text_of_test(line)}"
        case "clone":
            result = line["failed"] or fitness_text(line["fitness"], kind)
            won = f"{'' if line['elite'] else 'no '}elite of size {line['complexity']}"
            return f"{step}  clone {line['id']}  {result}  {won}"
        case "event":
            return f"{step}  {line['kind']}: {line['text']}"
        case command:
            about = line.get("source") or line.get("id") or line.get("parent") or ""
            return f"{step}  {command} {about}".rstrip()


def _epoch_text(line: dict[str, Any], step: str) -> str:
    """Return the line of an epoch: its training loss, and the accuracies that are known."""
    named = (("train", "accuracy"), ("held-out", "validation_accuracy"), ("test", "test_accuracy"))
    accuracies = [
        f"{name} {100 * line[f'champion_{key}']:6.2f} %" for name, key in named if f"champion_{key}" in line
    ]
    return "  ".join((step, f"loss {line['champion_loss']:7.4f}", *accuracies))


def _print(text: str) -> None:
    """Print a line; a reader or a terminal that went away, or a full disk, does not end a run."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()
    except OSError:
        # What is still buffered has to go somewhere when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
