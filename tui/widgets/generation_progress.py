"""The last line of the run screen: how far the generation is, who works, when it was last saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from galapagos.engine.snapshot import RunState
from tui import formatting
from tui.run_terms import terms_of
from tui.widgets.line_drawing import DrawnWidget, Run

if TYPE_CHECKING:
    from textual.strip import Strip

    from galapagos.engine.snapshot import Snapshot

_GAP = 3
_LONGEST_BAR = 40
_SHORTEST_BAR = 5
_READY = {"idle", "busy"}


class GenerationProgress(DrawnWidget):
    """One line: the generation, a bar of its networks, the time left, the workers, the age of the checkpoint.

    Where one network learns the bar is of epochs, as there is nothing else to count.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "generation-progress"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"generation-progress--{part}" for part in ("label", "value", "done", "left", "warning")
    }
    DEFAULT_CSS = """
    GenerationProgress {
        width: 1fr;
        height: 1;
        & > .generation-progress--label { color: $text-muted; }
        & > .generation-progress--done { color: $text-success; }
        & > .generation-progress--left { color: $text-disabled; }
        &:ansi > .generation-progress--label { text-style: dim; }
        & > .generation-progress--warning { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._ascii_only = ascii_only
        self._shown: Snapshot | None = None
        self._left: float | None = None
        self._line: list[Run] = []

    def show(self, snapshot: Snapshot, left: float | None = None) -> None:
        """Show this snapshot, and how many seconds the run still takes, where that is known."""
        self._shown, self._left = snapshot, left
        line = self._runs(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        return self.strip(self._runs(width) if y == 0 else [], width)

    def _runs(self, width: int) -> list[Run]:
        """Return the line: the fields that fit, and a bar in what they leave."""
        snapshot = self._shown
        if snapshot is None:
            return []
        step, number, done, total = _progress(snapshot)
        head: list[Run] = [(f" {step} ", "label"), (number, "value"), (" " if number else "", "")]
        all_of_it = formatting.whole(total)
        # As wide as it will be at the end, so that the bar stands still.
        count: list[Run] = [(f" {formatting.whole(done).rjust(len(all_of_it))}/{all_of_it}", "value")]
        fields = [
            *_time_left(self._left),
            self._workers(snapshot),
            *_waiting(snapshot),
            *_checkpoint(snapshot),
        ]
        while fields and _length(head, count, *fields) + _GAP * len(fields) + _SHORTEST_BAR > width:
            fields.pop()
        room = width - _length(head, count, *fields) - _GAP * len(fields) - 1
        runs = [*head, *self._bar(done, total, min(room, _LONGEST_BAR)), *count]
        for field in fields:
            runs += [(" " * _GAP, ""), *field]
        return runs

    def _bar(self, done: int, total: int, size: int) -> list[Run]:
        if size < _SHORTEST_BAR:
            return []
        filled = size * min(done, total) // total if total > 0 else 0
        full, empty = ("#", ".") if self._ascii_only else ("█", "░")
        return [(full * filled, "done"), (empty * (size - filled), "left")]

    def _workers(self, snapshot: Snapshot) -> list[Run]:
        ready = sum(worker.state in _READY for worker in snapshot.workers)
        everyone = len(snapshot.workers)
        part = "warning" if ready < everyone and snapshot.state is RunState.EVOLVING else "value"
        return [("workers ", "label"), (f"{ready}/{everyone}", part)]


def _progress(snapshot: Snapshot) -> tuple[str, str, int, int]:
    """Return what is counted, its number where that is told apart, how much is done, and of how much."""
    terms = terms_of(snapshot)
    if terms.breeds or snapshot.last_generation is None:
        return terms.step, formatting.whole(snapshot.generation), snapshot.done, snapshot.total
    return terms.step, "", snapshot.generation, snapshot.last_generation


def _time_left(left: float | None) -> list[list[Run]]:
    """Return how long it takes, in a unit that does not change with every generation."""
    return [] if left is None else [[("left ", "label"), (formatting.ago(max(1.0, left)), "value")]]


def _waiting(snapshot: Snapshot) -> list[list[Run]]:
    number = len(snapshot.pending)
    if not number:
        return []
    return [[(f"{number} change{'s' if number > 1 else ''} waiting", "warning")]]


def _checkpoint(snapshot: Snapshot) -> list[list[Run]]:
    if snapshot.checkpoint_age is None:
        return []
    return [[("checkpoint ", "label"), (f"{formatting.ago(snapshot.checkpoint_age)} ago", "value")]]


def _length(*fields: list[Run]) -> int:
    return sum(cell_len(text) for field in fields for text, _ in field)
