"""The ancestors of an elite, from itself back to the initial one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.widgets.line_drawing import shorten
from tui.widgets.scrolled_rows import Line, ScrolledRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.lineage import Ancestor, Lineage

_PARTS = ("label", "empty", "value", "gain", "loss", "best", "problem")
_GENERATION, _ID, _FITNESS, _GAIN, _SIZE = 9, 10, 9, 10, 8
_LEAST_OPERATOR, _MOST_OPERATOR = 8, 34
_LEAST_WIDTH_OF_ALL = 64
"""With less, ids and sizes are left out."""
_BAR = 24
"""Cells, where there are so many left."""


class LineageList(ScrolledRows):
    """A line of descent: a row each, the elite itself first.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "lineage-list"
    BORDER_TITLE = "Lineage"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lineage-list--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    LineageList {
        & > .lineage-list--label { color: $text-muted; }
        & > .lineage-list--value { text-style: bold; }
        & > .lineage-list--gain { color: $text-success; }
        & > .lineage-list--loss { color: $text-error; }
        & > .lineage-list--best { color: $text-success; text-style: bold; }
        & > .lineage-list--problem { color: $text-warning; text-style: bold; }
        & > .lineage-list--empty { color: $text-muted; text-style: italic; }
        &:ansi > .lineage-list--label { text-style: dim; }
    }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._lineage: Lineage | None = None
        self._kind = FitnessKind.REWARD
        self._measure_name = "connections"
        self._has_luck = True
        self._largest = 0.0
        self._best: Ancestor | None = None

    def show(
        self,
        lineage: Lineage | None,
        *,
        kind: FitnessKind = FitnessKind.REWARD,
        measure: str = "connections",
        reading: bool = False,
    ) -> None:
        """Show a line of descent.

        Args:
            lineage: It, so far as it is traced; None where there is none.
            kind: What fitness is.
            measure: What complexity counts.
            reading: Whether more of it is being read.
        """
        grown = self._lineage is not None and lineage is not None and _head(self._lineage) == _head(lineage)
        self._lineage, self._kind, self._measure_name = lineage, kind, measure
        self._has_luck = kind is FitnessKind.REWARD
        gains = [abs(one.gain) for one in lineage.ancestors if one.gain is not None] if lineage else []
        self._largest = max(gains, default=0.0)
        self._best = None if lineage is None else lineage.best_step
        self.border_subtitle = Content(_subtitle(lineage, reading=reading, has_luck=self._has_luck))
        self.rewrite(to_top=not grown)

    def count(self, width: int) -> int:  # noqa: ARG002
        """Return how many ancestors there are, and lines that say what is missing."""
        return 0 if self._lineage is None else len(self._lineage.ancestors) + len(self._notes)

    @property
    def _notes(self) -> list[str]:
        if self._lineage is None:
            return []
        notes = [f"not read: {formatting.words(problem)}" for problem in self._lineage.problems]
        if self._lineage.missing and self._lineage.ancestors:
            parent = formatting.words(self._lineage.missing, 16)[:8]
            notes.append(f"its parent {parent} is in no file of this run")
        return notes

    def headings(self, width: int) -> Sequence[Line]:
        """Return what made them all, and the names of the columns."""
        if self._lineage is None:
            return ()
        times = "x" if self.ascii_only else "\N{MULTIPLICATION SIGN}"
        made = ", ".join(
            f"{formatting.operator(name)} {times}{formatting.whole(count)}"
            for name, count in self._lineage.operators[:6]
        )
        best = ""
        if self._best is not None:
            gain = _gain_text(self._best, self._kind, has_luck=self._has_luck)
            best = f"largest step {gain} in gen {formatting.whole(self._best.generation)}"
        name = "reward" if self._kind is FitnessKind.REWARD else self._kind.value
        cells = [f"{'born':>{_GENERATION}}", f"  {'made by':<{_operator_width(width)}}"]
        cells += [f"{name:>{_FITNESS}}", f"{'gain':>{_GAIN}}"]
        if width >= _LEAST_WIDTH_OF_ALL:
            cells.insert(1, f"  {'id':<{_ID - 2}}")
            cells.append(f"{_SIZE_NAMES.get(self._measure_name, 'size'):>{_SIZE}}")
        summary = shorten(f" {best}{'   ' if best and made else ''}{made}", width, ascii_only=self.ascii_only)
        return [[(summary, "label")], [("".join(cells), "label")]]

    def row(self, number: int, width: int) -> Line:
        """Return the row of one of them."""
        if self._lineage is None:
            return []
        ancestors = self._lineage.ancestors
        if number >= len(ancestors):
            return [(f" {self._notes[number - len(ancestors)]}", "problem")]
        one = ancestors[number]
        room = _operator_width(width)
        operator = shorten(
            formatting.operator(one.operator) or formatting.ABSENT,
            room,
            ascii_only=self.ascii_only,
        )
        gain = _gain_text(one, self._kind, has_luck=self._has_luck)
        size = formatting.ABSENT if one.complexity is None else formatting.whole(one.complexity)
        part = "best" if one is self._best else "gain" if (one.gain or 0) > 0 else "loss"
        text = "value" if number == 0 else ""
        runs: Line = [
            (f"{formatting.whole(one.generation):>{_GENERATION}}", "label"),
            (f"  {operator:<{room}}", text),
            (f"{formatting.fitness(one.fitness, self._kind):>{_FITNESS}}", text),
            (f"{gain:>{_GAIN}}", part if one.gain else "label"),
        ]
        if width >= _LEAST_WIDTH_OF_ALL:
            runs.insert(1, (f"  {formatting.words(one.id, 16)[:8]:<{_ID - 2}}", text))
            runs.append((f"{size:>{_SIZE}}", text))
        return [*runs, (f"  {self._bar(one)}", part)] if _fixed(width) + room + _BAR + 2 <= width else runs

    def _bar(self, one: Ancestor) -> str:
        if not one.gain or not self._largest:
            return ""
        full = "#" if self.ascii_only else "█"
        share = abs(one.gain) / self._largest
        # Of gains without a bound, as damaged files may have them, no one is a part of the other.
        return full * (max(1, round(share * _BAR)) if math.isfinite(share) else 1)


_SIZE_NAMES = {"connections": "conns", "neurons": "neurons", "layers": "layers"}


def _fixed(width: int) -> int:
    """Return the cells that all but the operator take."""
    always = _GENERATION + 2 + _FITNESS + _GAIN
    return always + _ID + _SIZE if width >= _LEAST_WIDTH_OF_ALL else always


def _operator_width(width: int) -> int:
    return max(_LEAST_OPERATOR, min(_MOST_OPERATOR, width - _fixed(width)))


def _gain_text(one: Ancestor, kind: FitnessKind, *, has_luck: bool) -> str:
    """Return a gain with its sign; a tilde before it where it holds the luck of other starts."""
    if one.gain is None or not math.isfinite(one.gain):
        return ""
    # A loss that became smaller is a gain; what is written is how much the fitness rose.
    size = -abs(one.gain) if kind is FitnessKind.LOSS else abs(one.gain)
    written = formatting.fitness(size, kind)
    sign = "+" if one.gain > 0 else "-" if one.gain < 0 else ""
    return f"{'~' if has_luck and not one.same_starts else ''}{sign}{written}"


def _head(lineage: Lineage) -> str:
    return lineage.ancestors[0].id if lineage.ancestors else ""


def _subtitle(lineage: Lineage | None, *, reading: bool, has_luck: bool) -> str:
    if lineage is None:
        return "reading …" if reading else ""
    count = max(0, len(lineage.ancestors) - 1)
    told = f"{formatting.whole(count)} ancestor{'s' if count != 1 else ''}"
    if reading:
        return f"{told}, reading on …"
    if not lineage.is_whole:
        return f"{told}, the oldest are missing"
    # Which is why the reward of an elite is not that of the archive.
    return f"{told}; rewards of their generation" if has_luck else told
