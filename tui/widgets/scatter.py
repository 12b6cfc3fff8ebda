"""The population by fitness and complexity, with its Pareto front."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.widgets.axes import as_shown, widened
from tui.widgets.braille import clean, merge, point_dots, span_dots, spans
from tui.widgets.canvas import Canvas, CanvasWidget, message
from tui.widgets.plot_frame import Frame, draw_frame, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PARTS = ("", "axis", "label", "empty", "population", "line", "front")


def pareto_front(fitness: NDArray[np.float64], complexity: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indices of the networks that no other one beats, by ascending complexity.

    A network is beaten by another that is at least as fit and at most as complex, and better in one of
    them. Of equals the first one stands for all.

    Args:
        fitness: Shape (n,), finite, higher is better.
        complexity: Shape (n,), finite, lower is better.
    """
    order = np.lexsort((-fitness, complexity))
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(fitness[order])[:-1]))
    return order[fitness[order] > best_before]


class Scatter(CanvasWidget):
    """A point for each network of the population: complexity to the right, fitness up, as a loss down.

    Args:
        measure: What complexity counts, written at the axis.
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "scatter"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"scatter--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    Scatter {
        width: 1fr;
        height: 1fr;
        & > .scatter--axis { color: $text-muted; }
        & > .scatter--label { color: $text-muted; }
        & > .scatter--empty { color: $text-muted; text-style: italic; }
        & > .scatter--population { color: $text-primary; }
        & > .scatter--line { color: $text-warning; }
        & > .scatter--front { color: $text-warning; text-style: bold; }
        &:ansi > .scatter--axis { text-style: dim; }
        &:ansi > .scatter--label { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self,
        *,
        measure: str = "connections",
        ascii_only: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Scatter.ascii_only, ascii_only)
        self._measure_name = measure
        self._kind = FitnessKind.REWARD
        self._population: tuple[tuple[float, int], ...] = ()
        self._fitness: NDArray[np.float64] = np.empty(0)
        self._complexity: NDArray[np.float64] = np.empty(0)

    def show(
        self,
        population: Sequence[tuple[float, int]],
        measure: str | None = None,
        kind: FitnessKind = FitnessKind.REWARD,
    ) -> None:
        """Draw this population.

        Args:
            population: (fitness, complexity) of each network; one that is not finite is left out.
            measure: What complexity counts; None leaves it as it is.
            kind: What fitness is.
        """
        name = self._measure_name if measure is None else formatting.words(measure, 24)
        if population == self._population and (name, kind) == (self._measure_name, self._kind):
            return
        self._population, self._measure_name, self._kind = tuple(population), name, kind
        points = np.array(population, dtype=np.float64).reshape(-1, 2)
        points = points[np.isfinite(points).all(axis=1)]
        self._fitness, self._complexity = clean(points[:, 0]), clean(points[:, 1])
        self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size."""
        if not self._fitness.size:
            return message(width, height, _PARTS, "No population yet", "empty")
        shown = as_shown(self._fitness, self._kind)
        frame = lay_out(
            width,
            height,
            widened(float(self._complexity.min()), float(self._complexity.max())),
            (float(shown.min()), float(shown.max())),
            ascii_only=self.ascii_only,
        )
        canvas = Canvas(width, height, _PARTS)
        draw_frame(canvas, frame, self._measure_name)
        self._draw_points(canvas, frame, shown)
        return canvas

    def _draw_points(self, canvas: Canvas, frame: Frame, shown: NDArray[np.float64]) -> None:
        front = pareto_front(self._fitness, self._complexity)
        x, y = _staircase(self._complexity[front], shown[front])
        pictures = [point_dots(self._complexity, shown, frame.columns, frame.rows)]
        parts = ["population"]
        if not self.ascii_only:
            pictures.insert(0, span_dots(*spans(x, y, frame.columns, frame.rows), frame.rows.dots))
            parts.insert(0, "line")
        cells = merge(pictures, frame.height, frame.width, ascii_only=self.ascii_only)
        canvas.place(frame.top, frame.left, cells, tuple(parts))
        for index in front.tolist():
            row, column = frame.row(float(shown[index])), frame.column(float(self._complexity[index]))
            canvas.write(row, column, "O" if self.ascii_only else "●", "front")


def _staircase(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners of the front: at each size the fitness of the best network that is no larger."""
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
