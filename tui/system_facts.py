"""What a run does to its machine, in lines: processors, memory, disk, graphics processors, every worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import formatting
from tui.run_terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.engine.snapshot import Snapshot
    from tui.machine import Machine
    from tui.widgets.line_drawing import Run

_LABEL = 12
_COLUMNS = (8, 10, 11, 10, 12)
"""Widths of the columns that tell of a worker."""


def system_lines(snapshot: Snapshot, machine: Machine | None) -> list[list[Run]]:
    """Return the lines that are known; without a look at the machine those of the engine only."""
    lines = [] if machine is None else list(_of_machine(machine))
    return [*lines, *_of_engine(snapshot), [], *_of_workers(snapshot, machine)]


def _of_machine(machine: Machine) -> Iterator[list[Run]]:
    load = "" if machine.load is None else f", load {machine.load:.1f}"
    yield _line("processors", f"{machine.processors}{load}")
    if machine.memory is not None and machine.memory_free is not None:
        free, memory = formatting.data_size(machine.memory_free), formatting.data_size(machine.memory)
        yield _line("memory", f"{free} of {memory} free")
    if machine.disk_free is not None:
        yield _line("disk", f"{formatting.data_size(machine.disk_free)} free")
    for number, one in enumerate(machine.graphics):
        heat = "" if one.temperature is None else f", {one.temperature} °C"
        used, memory = formatting.data_size(one.memory_used), formatting.data_size(one.memory)
        yield _line("GPU" if len(machine.graphics) == 1 else f"GPU {number}", one.name)
        yield _line("", f"{one.use} % busy, {used} of {memory}{heat}")
    if machine.graphics_problem:
        yield _line("GPU", machine.graphics_problem, "empty")


def _of_engine(snapshot: Snapshot) -> Iterator[list[Run]]:
    terms = terms_of(snapshot)
    # With a word between them two numbers are not read as one.
    evaluated = f"{formatting.whole(snapshot.evaluations)} {'networks' if terms.breeds else 'epochs'}"
    yield _line("evaluated", f"{evaluated}, {formatting.rate(snapshot.evaluations_per_second)} a second")
    if terms.breeds:
        yield _line("QD score", f"{snapshot.qd_score:.3f}, coverage {100 * snapshot.coverage:.1f} %")
    if snapshot.checkpoint_age is not None:
        yield _line("checkpoint", f"{formatting.ago(snapshot.checkpoint_age)} ago")
    yield _line("dashboards", f"{snapshot.clients} attached")
    yield _line("files", formatting.words(snapshot.directory))


def _of_workers(snapshot: Snapshot, machine: Machine | None) -> Iterator[list[Run]]:
    head = ("worker", "state", "networks", "memory", "processor")
    yield [(_cells(head), "label")]
    known = {} if machine is None else {process: of_it for process, *of_it in machine.processes}
    for worker in snapshot.workers:
        memory, seconds = known.get(worker.pid, (None, None))
        yield [
            (
                _cells(
                    (
                        str(worker.pid),
                        formatting.words(worker.state, 10),
                        formatting.whole(worker.evaluated),
                        formatting.ABSENT if memory is None else formatting.data_size(memory),
                        formatting.ABSENT if seconds is None else formatting.duration(seconds),
                    )
                ),
                "value" if worker.state in ("busy", "idle") else "empty",
            )
        ]


def _line(label: str, value: str, part: str = "value") -> list[Run]:
    return [(label.ljust(_LABEL), "label"), (value, part)]


def _cells(texts: tuple[str, ...]) -> str:
    first, state, *numbers = texts
    left = f"{first:>{_COLUMNS[0]}}  {state:<{_COLUMNS[1]}}"
    return left + "".join(f"{text:>{width}}" for text, width in zip(numbers, _COLUMNS[2:], strict=True))
