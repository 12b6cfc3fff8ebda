"""Which curves of a journal are drawn together, what they are called, and on which scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.fitness import FitnessKind
from tui.run_terms import ACCURACIES
from tui.widgets.axes import as_shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.curves import Curves
    from tui.run_terms import RunTerms


@dataclass(frozen=True, slots=True)
class PlottedCurves:
    """Curves that share one axis.

    Args:
        name: What the plot shows, with its unit.
        columns: The name in the journal of each curve, by what it is called; the first lies on top.
        kind: What the values are; a loss is negated in the journal, as a fitness is.
    """

    name: str
    columns: dict[str, str]
    kind: FitnessKind

    def read(
        self, curves: Curves, terms: RunTerms
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]], tuple[tuple[int, str], ...]]:
        """Return numbers of generations, values as they are shown, and marks."""
        numbers, series, marks = curves.copies(self.columns.values())
        values = {
            name: as_shown(np.asarray(series[column], dtype=np.float64), self.kind)
            for name, column in self.columns.items()
            if column in series
        }
        shift = terms.number_of(0)
        return (
            np.asarray(numbers, dtype=np.float64) + shift,
            values,
            tuple((generation + shift, text) for generation, text in marks),
        )


def curves_of_fitness(terms: RunTerms) -> PlottedCurves:
    """Return the curves of fitness; where one network learns, of its losses."""
    if not terms.breeds:
        # A reward here, because an epoch's loss is not negated.
        columns = {"held-out": "champion_validation_loss", "train": "champion_loss"}
        return PlottedCurves(terms.fitness, columns, FitnessKind.REWARD)
    columns = {"best": "best_fitness", "mean": "mean_fitness", "champion": "champion_fitness"}
    if terms.shares_weights:
        columns["max" if terms.kind is FitnessKind.REWARD else "at best w"] = "max_objective"
    return PlottedCurves(terms.fitness, columns, terms.kind)


def curves_of_accuracy(terms: RunTerms) -> PlottedCurves:
    """Return the curves of the champion's accuracies, or of the one network's."""
    name = "Champion's accuracy (%)" if terms.breeds else "Accuracy (%)"
    columns = {called: f"champion_{name}" for name, called in ACCURACIES.items()}
    return PlottedCurves(name, columns, FitnessKind.ACCURACY)
