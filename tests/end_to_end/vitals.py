"""What an engine takes of its machine, read from outside: memory, threads, files, processes, disk."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Vitals:
    """What one process took at a moment.

    Args:
        generation: The moment.
        memory: Bytes of its own that are in memory: not those of files, which the system can take back.
        threads: Its threads.
        files: Its open file descriptors.
        children: The processes that it started and that are there.
    """

    generation: int
    memory: int
    threads: int
    files: int
    children: int


def vitals_of(pid: int, generation: int) -> Vitals:
    """Return what a process takes now."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return Vitals(
        generation=generation,
        memory=int(status["RssAnon"].split()[0]) * 1024,
        threads=int(status["Threads"]),
        files=len(list((process / "fd").iterdir())),
        children=list(parents().values()).count(pid),
    )


def growth_of_memory(samples: Sequence[Vitals]) -> float:
    """Return the bytes a generation of the line that fits samples best.

    By the median of the slopes of all pairs (Theil 1950), which a single moment with a checkpoint in memory
    does not move.
    """
    generations = np.array([sample.generation for sample in samples], dtype=np.float64)
    memory = np.array([sample.memory for sample in samples], dtype=np.float64)
    first, second = np.triu_indices(len(samples), k=1)
    apart = generations[second] > generations[first]
    slopes = (memory[second] - memory[first])[apart] / (generations[second] - generations[first])[apart]
    return float(np.median(slopes))


def bytes_in(path: Path) -> int:
    """Return how many bytes the files of a directory have, those below it included."""
    total = 0
    for found in path.rglob("*"):
        try:
            total += found.stat().st_size if found.is_file() else 0
        except FileNotFoundError:  # it was written beside its place, and is there by now
            continue
    return total


class PulseApart:
    """A pulse in a process of its own, so that nothing the test does is taken for the engine's delay.

    Attributes:
        median: Seconds within which half of the answers came, after the context.
        p99: Seconds within which 99 % of the answers came, likewise.
        answers: How many came.
    """

    def __init__(self, path: Path) -> None:
        self.median = self.p99 = 0.0
        self.answers = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PULSE, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        told, _ = self._process.communicate("")
        if kind is None:
            median, p99, answers = told.split()
            self.median, self.p99, self.answers = float(median), float(p99), int(answers)


def parents() -> dict[int, int]:
    """Return the parent of every process that there is."""
    found = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                fields = (path / "stat").read_bytes().rpartition(b")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found[int(path.name)] = int(fields[1])
    return found


_PULSE = """
import sys
from pathlib import Path
from tests.end_to_end.pulse import Pulse
with Pulse(Path(sys.argv[1])) as pulse:
    sys.stdin.read()
print(pulse.percentile(0.5), pulse.percentile(0.99), len(pulse.seconds))
"""
