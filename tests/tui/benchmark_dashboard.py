"""What the dashboard costs, each figure beside its bound: `uv run python -m tests.tui.benchmark_dashboard`.

Table and plot are measured in processor time, from the call that brings news to the bytes for the terminal.
The growing journal is read by a dashboard in this process, since only there is it known how far it came. The
others are of the real program in a real pseudo-terminal, on a real engine. It takes three minutes; on a busy
machine it tells little.

Exit code: 0 where all bounds are kept, else 1.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import orjson
import pexpect

from galapagos.engine.commands import Pause
from galapagos.engine.launch import launch
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.engine.socket.server import Server
from tests.end_to_end.runs import end, small_run
from tests.end_to_end.terminals import Terminal
from tests.homes import make_home
from tests.tui.recorded_run import recorded_host
from tests.tui.test_curves_budget import LONG, line
from tests.tui.widgets.examples import Stage, elites
from tui import dashboard
from tui.dashboard import Dashboard
from tui.run_terms import RunTerms
from tui.screens.run import RunScreen
from tui.widgets.elite_table import EliteTable
from tui.widgets.fitness_plot import FitnessPlot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from galapagos.engine.records.run_state import RunDirectory

ROWS, CHANGED, POINTS = 50, 5, 2000
FRAMES = 60
"""Changes of a widget, of which the median counts."""
OPENINGS = 3
GENERATIONS_A_SECOND, SECONDS_OF_JOURNAL = 50, 20.0
SECONDS_OF_SENDING, SECONDS_OF_REST = 20.0, 4.0
"""How long bytes are counted, and before that the first picture is sent and its round over."""
LAST_BEST, ITS_SCALE = 5000.0, "000┤"
"""The best fitness of the last generation, and the end of a thousand on its axis, which no other reaches."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and what it may be at most.

    Args:
        name: What it is of.
        value: The figure.
        bound: Of the value, which is not above it; None for what only explains another figure.
        unit: Of both.
    """

    name: str
    value: float
    bound: float | None
    unit: str

    @property
    def is_kept(self) -> bool:
        """Whether the bound is kept."""
        return self.bound is None or self.value <= self.bound


class _Drawn:
    """Of an app: makes the bytes for a terminal although none is there, and knows when they were made."""

    is_headless = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.drawn = asyncio.Event()
        self.drawn_at = 0.0

    def _end_update(self) -> None:
        super()._end_update()  # type: ignore[misc]
        self.drawn_at = time.process_time()
        self.drawn.set()


class DrawnStage(_Drawn, Stage):
    """One widget, drawn as for a terminal."""


class DrawnDashboard(_Drawn, Dashboard):
    """The dashboard, drawn as for a terminal."""

    CSS_PATH = dashboard.__file__.replace(".py", ".tcss")


async def seconds_to_draw(app: DrawnStage, change: Callable[[int], None]) -> float:
    """Return the processor seconds from a change to the bytes that show it, the median of many."""
    took = []
    for number in range(FRAMES):
        await asyncio.sleep(0.02)
        app.drawn.clear()
        began = time.process_time()
        change(number)
        await app.drawn.wait()
        took.append(app.drawn_at - began)
    return median(took)


async def table_and_plot() -> list[Figure]:
    """Measure a table that has news of a few rows, and a plot whose curves are all others."""
    table, plot, rng = EliteTable(), FitnessPlot(), np.random.default_rng(1)
    shown = list(elites(ROWS))

    def change_rows(number: int) -> None:
        for row in range(CHANGED):
            place = (7 * number + 11 * row) % ROWS
            shown[place] = replace(shown[place], fitness=shown[place].fitness + 1.0)
        table.show(shown, 214, RunTerms(), shown[-1].id)

    def change_curves(_: int) -> None:
        plot.show(np.arange(POINTS), {f"curve {number}": rng.normal(size=POINTS) for number in range(4)})

    async with (app := DrawnStage(table)).run_test(size=(160, ROWS + 2)):
        change_rows(0)
        of_table = await seconds_to_draw(app, change_rows)
    async with (app := DrawnStage(plot)).run_test(size=(160, 50)):
        change_curves(0)
        of_plot = await seconds_to_draw(app, change_curves)
        began = time.process_time()
        for _ in range(FRAMES):
            canvas = plot.paint(160, 50)
            for row in range(50):
                canvas.runs(row)
        painting = (time.process_time() - began) / FRAMES
    return [
        Figure(f"live table, {CHANGED} changed rows of {ROWS}", 1000 * of_table, 5, "ms"),
        Figure(f"plot, 4 x {POINTS:,} points at 160x50", 1000 * of_plot, 25, "ms"),
        Figure("  of which painted, before any bytes", 1000 * painting, None, "ms"),
    ]


async def journal(directory: Path) -> list[Figure]:
    """Let the journal of a long run grow, and measure how far its curves are behind, and what that takes."""
    run = directory / "journal"
    run.mkdir()
    host = recorded_host()
    server = Server(host)
    app = DrawnDashboard(run, connect=server.connect_in_memory)
    behind = []
    with (run / "journal.jsonl").open("wb", buffering=0) as file:
        file.write(b"".join(orjson.dumps(line(number)) + b"\n" for number in range(LONG)))
        async with app.run_test(size=(160, 50)):
            screen = app.screen
            while not isinstance(screen, RunScreen) or screen.link.curves.last_generation < LONG - 1:
                await asyncio.sleep(0.1)
                screen = app.screen
            await asyncio.sleep(SECONDS_OF_REST)
            written, began, used = 0, time.monotonic(), time.process_time()
            while (now := time.monotonic() - began) < SECONDS_OF_JOURNAL:
                for number in range(written, int(now * GENERATIONS_A_SECOND)):
                    file.write(orjson.dumps(line(LONG + number)) + b"\n")
                    written = number + 1
                    server.publish(host.show(generation=LONG + written))
                behind.append(LONG + written - 1 - screen.link.curves.last_generation)
                await asyncio.sleep(1 / GENERATIONS_A_SECOND)
            used = time.process_time() - used
    await server.close()
    seconds = max(behind) / GENERATIONS_A_SECOND
    name = f"{GENERATIONS_A_SECOND} generations a second after {LONG:,}: curves behind, at most"
    return [
        Figure(name, seconds, 1.5, "s (they are read once a second)"),
        Figure("  of one processor", 100 * used / SECONDS_OF_JOURNAL, None, "%"),
    ]


@contextmanager
def engine(directory: Path, **changes: Any) -> Iterator[tuple[RunDirectory, BlockingClient]]:
    """Let a run evolve as long as the context lasts."""
    run = small_run(directory, num_generations="infinity", **changes)
    launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation > 10)
        yield run, client
        end(client)


def seconds_and_bytes_to_open(run: RunDirectory, shows: str) -> tuple[float, float]:
    """Return the seconds from the command until all is shown, and the most memory that the process had."""
    began = time.monotonic()
    terminal = Terminal("attach", str(run.path), columns=160, lines=50)
    try:
        terminal.until(shows)
        seconds = time.monotonic() - began
        count_bytes(terminal, SECONDS_OF_REST)
        status = Path(f"/proc/{terminal.process.pid}/status").read_text().splitlines()
        peak = next(int(row.split()[1]) * 1024 for row in status if row.startswith("VmHWM"))
    finally:
        terminal.close()
    return seconds, peak


def long_run(directory: Path) -> list[Figure]:
    """Open a run while it is small, and again when its journal is long."""
    with engine(directory / "long") as (run, client):
        client.send(Pause())
        client.wait(lambda snapshot: snapshot.state is RunState.PAUSED)
        small = [seconds_and_bytes_to_open(run, "paused") for _ in range(OPENINGS)]
        with run.journal_file.open("ab") as file:
            first = client.snapshot().generation
            file.writelines(orjson.dumps(line(number)) + b"\n" for number in range(first, LONG - 1))
            file.write(orjson.dumps(line(LONG - 1) | {"best_fitness": LAST_BEST}) + b"\n")
        long = [seconds_and_bytes_to_open(run, ITS_SCALE) for _ in range(OPENINGS)]
    seconds, peak = (median(column) for column in zip(*long, strict=True))
    seconds_of_small, peak_of_small = (median(column) for column in zip(*small, strict=True))
    return [
        Figure(f"a run of {LONG:,} generations opens, all curves drawn", seconds, 2, "s"),
        Figure("  the same run while small", seconds_of_small, None, "s"),
        Figure(
            "  its dashboard's memory above that of the small one", (peak - peak_of_small) / 1e6, 150, "MB"
        ),
    ]


def count_bytes(terminal: Terminal, seconds: float, *keys: str) -> int:
    """Return how many bytes a terminal is sent in some seconds, while a key is pressed each second.

    An emulator that kept its screen would take the processor from the run and hold the dashboard up.
    """
    count, pressed, began = 0, 0, time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        if keys and now > pressed:
            terminal.press(keys[pressed % len(keys)])
            pressed += 1
        try:
            count += len(terminal.process.read_nonblocking(1 << 16, timeout=0.05))
        except pexpect.TIMEOUT:
            continue
    return count


def sent_over_ssh(directory: Path) -> list[Figure]:
    """Count what a terminal at the other end of a link is sent, of a run at full speed."""
    figures = []
    with engine(directory / "sent") as (run, client):
        before, began = client.snapshot().generation, time.monotonic()
        for columns, lines in ((80, 24), (120, 40), (200, 60)):
            environment = {**os.environ, "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
            terminal = Terminal(
                "attach", str(run.path), environment=environment, columns=columns, lines=lines
            )
            try:
                terminal.until("evolving")
                count_bytes(terminal, SECONDS_OF_REST)
                count = count_bytes(terminal, SECONDS_OF_SENDING, "down", "up")
            finally:
                terminal.close()
            name = f"sent over SSH at {columns}x{lines}, a key a second"
            figures.append(Figure(name, count / SECONDS_OF_SENDING / 1000, 20, "kB/s"))
        rate = (client.snapshot().generation - before) / (time.monotonic() - began)
    return [*figures, Figure("  generations of that run", rate, None, "a second")]


def measured() -> Iterator[Figure]:
    """Measure everything, in a home of its own."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with patch.dict(os.environ, {"GALAPAGOS_HOME": str(make_home(directory / "home"))}):
            yield from asyncio.run(table_and_plot())
            yield from asyncio.run(journal(directory))
            yield from long_run(directory)
            yield from sent_over_ssh(directory)


def main() -> int:
    """Print each figure as soon as it is there."""
    figures = []
    print(f"{'':66}{'measured':>10}{'at most':>9}")  # noqa: T201
    for figure in measured():
        figures.append(figure)
        bound = "" if figure.bound is None else f"{figure.bound:g}"
        missed = "" if figure.is_kept else "  MISSED"
        print(f"{figure.name:66}{figure.value:10.4g}{bound:>9} {figure.unit}{missed}", flush=True)  # noqa: T201
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
