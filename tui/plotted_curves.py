"""Which curves of a journal are drawn together, what they are called, and on which scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from galapagos.fitness import FitnessKind
from tui.curves import RATE, TEST
from tui.run_terms import ACCURACIES
from tui.widgets.axes import as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tui.curves import Curves, Source
    from tui.marks import Mark
    from tui.run_terms import RunTerms

SOURCE = "source"
"""What the curve of the run is called that this one was forked from."""


class Plot(StrEnum):
    """What is plotted."""

    FITNESS = "fitness"
    ACCURACY = "accuracy"
    LEVELS = "levels"
    QUALITY = "quality"
    SPEED = "speed"


@dataclass(frozen=True, slots=True)
class PlottedCurves:
    """Curves that share one axis.

    Args:
        name: What the plot shows, with its unit.
        columns: The name in the journal of each curve, by what it is called; the first lies on top.
        kind: What the values are; a loss is negated in the journal, as a fitness is.
        faint: What those are called that stand back.
        compared: What the one is called that is drawn of the run that this one was forked from, too.
    """

    name: str
    columns: dict[str, str]
    kind: FitnessKind
    faint: frozenset[str] = frozenset()
    compared: str = ""

    def read(
        self, curves: Curves, terms: RunTerms
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]], tuple[Mark, ...]]:
        """Return numbers of generations, values as they are shown, and marks."""
        copied, series, marks = curves.copies(self.columns.values())
        numbers = np.asarray(copied, dtype=np.float64)
        values = {
            name: as_shown(np.asarray(series[column], dtype=np.float64), self.kind)
            for name, column in self.columns.items()
            if column in series
        }
        if curves.source is not None and self.compared in values:
            numbers, values = self._beside(curves.source, numbers, values)
        return numbers + terms.number_of(0), values, marks_told(marks, terms)

    def _beside(
        self, source: Source, numbers: NDArray[np.float64], values: dict[str, NDArray[np.float64]]
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """Return the curves on the generations of both runs, with one of the source from the fork on."""
        column = self.columns[self.compared]
        copied, series, _ = source.curves.copies([column])
        others = np.asarray(copied, dtype=np.float64)
        everything = np.union1d(numbers, others)
        known = others >= source.generation - 1
        theirs = as_shown(np.asarray(series.get(column, [np.nan] * len(others))), self.kind)
        placed = {name: _placed(of_one, numbers, everything) for name, of_one in values.items()}
        placed[SOURCE] = _placed(theirs[known], others[known], everything)
        return everything, placed


def _placed(
    values: NDArray[np.float64], numbers: NDArray[np.float64], everything: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return values of some generations as values of all, NaN where there is none."""
    placed = np.full(len(everything), np.nan)
    placed[np.searchsorted(everything, numbers)] = values
    return placed


def marks_told(marks: Iterable[Mark], terms: RunTerms) -> tuple[Mark, ...]:
    """Return marks with their numbers and fitnesses as the run is told."""
    return tuple(
        replace(mark, generation=terms.number_of(mark.generation), text=mark.told(terms.kind))
        for mark in marks
    )


def curves_of_fitness(terms: RunTerms) -> PlottedCurves:
    """Return the curves of fitness; where one network learns, of its losses."""
    if not terms.breeds:
        # A reward here, because an epoch's loss is not negated.
        columns = {"held-out": "champion_validation_loss", "train": "champion_loss"}
        return PlottedCurves(terms.fitness, columns, FitnessKind.REWARD, compared="held-out")
    columns = {"best": "best_fitness", "mean": "mean_fitness", "champion": "champion_fitness"}
    if terms.shares_weights:
        columns["max" if terms.kind is FitnessKind.REWARD else "at best w"] = "max_objective"
    return PlottedCurves(terms.fitness, columns, terms.kind, compared="champion")


def all_curves_of_fitness(terms: RunTerms) -> PlottedCurves:
    """Return the curves of fitness with the quartiles of each generation and the champion's tests.

    Where weights are learned, what a champion's test tells is an accuracy, and is among those.
    """
    plotted = curves_of_fitness(terms)
    if not terms.breeds:
        return plotted
    quartiles = {"upper quartile": "upper_quartile", "lower quartile": "lower_quartile"}
    tests = {"test": TEST} if terms.shares_weights else {}
    return replace(plotted, columns={**plotted.columns, **tests, **quartiles}, faint=frozenset(quartiles))


def curves_of_accuracy(terms: RunTerms) -> PlottedCurves:
    """Return the curves of the champion's accuracies, or of the one network's."""
    name = "Champion's accuracy (%)" if terms.breeds else "Accuracy (%)"
    columns = {called: f"champion_{name}" for name, called in ACCURACIES.items()}
    return PlottedCurves(name, columns, FitnessKind.ACCURACY, compared=next(iter(columns)))


def curves_of_quality() -> PlottedCurves:
    """Return the curves of what the archive has come to, both in [0, 1]."""
    columns = {"QD score": "qd_score", "coverage": "coverage"}
    return PlottedCurves("QD score and coverage", columns, FitnessKind.REWARD, compared="QD score")


def curves_of_speed() -> PlottedCurves:
    """Return the curve of how many networks a second were evaluated."""
    return PlottedCurves("Evaluations per second", {"evals/s": RATE}, FitnessKind.REWARD)


def plots_of(curves: Curves, terms: RunTerms) -> list[Plot]:
    """Return what can be plotted of a run, the first thing first."""
    there = {
        Plot.FITNESS: True,
        Plot.ACCURACY: curves.have_accuracies,
        Plot.LEVELS: terms.breeds,
        Plot.QUALITY: "qd_score" in curves.series and terms.breeds,
        Plot.SPEED: "evaluations_per_second" in curves.series,
    }
    return [plot for plot, is_there in there.items() if is_there]


def plotted(plot: Plot, terms: RunTerms) -> PlottedCurves:
    """Return the curves of what is plotted; those of levels are read elsewhere."""
    match plot:
        case Plot.ACCURACY:
            return curves_of_accuracy(terms)
        case Plot.QUALITY:
            return curves_of_quality()
        case Plot.SPEED:
            return curves_of_speed()
    return all_curves_of_fitness(terms)
