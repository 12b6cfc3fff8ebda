"""What an elite came to by shared weight or by epoch, and beside it what it came to when evaluated again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.confidence import CONFIDENCE, interval
from tui.elite_details import EpochFacts, WeightFacts, epoch_facts, weight_facts
from tui.run_terms import ACCURACIES, RunTerms
from tui.shown_elite import number
from tui.widgets.scrolled_rows import Line, ScrolledRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.library_evaluation import Measurement, WeightScore
    from tui.shown_elite import ShownElite
    from tui.widgets.line_drawing import Run

_PARTS = ("label", "empty", "value", "bar", "best-bar", "spread", "busy")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FIRST = 7
_NARROWEST, _WIDEST = 7, 10
"""Of a column."""
_LEAST_BAR, _MOST_BAR = 8, 60
_NO_RESULTS = "It has no results on the fixed set of its task; r evaluates it here"


class ResultsTable(ScrolledRows):
    """The results of one elite.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "results-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"results-table--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    ResultsTable {
        & > .results-table--label { color: $text-muted; }
        & > .results-table--value { text-style: bold; }
        & > .results-table--bar { color: $primary; }
        & > .results-table--best-bar { color: $accent; }
        & > .results-table--spread { color: $text-muted; }
        & > .results-table--busy { color: $text-warning; text-style: bold; }
        & > .results-table--empty { color: $text-muted; text-style: italic; }
        &:ansi > .results-table--label { text-style: dim; }
        &:ansi > .results-table--spread { text-style: dim; }
    }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._elite: ShownElite | None = None
        self._terms = RunTerms()
        self._weights: list[WeightFacts] = []
        self._epochs: list[EpochFacts] = []
        self._again: dict[float, WeightScore] = {}
        self._summary: list[Line] = []

    def show(self, elite: ShownElite, measured: Measurement | None = None, *, busy: str = "") -> None:
        """Show the results of an elite.

        Args:
            elite: It.
            measured: What it came to when it was evaluated again.
            busy: What is going on with it here, in a line, or nothing.
        """
        other = self._elite is None or self._elite.id != elite.id
        self._elite, self._terms = elite, elite.terms
        self._weights, self._epochs = weight_facts(elite.known), epoch_facts(elite.known)
        again = measured.weights if measured is not None else ()
        self._again = {one.weight: one for one in again if one.weight is not None}
        if not self._weights:
            # Where the archive knows nothing of weights, there is what was found here.
            self._weights = [
                WeightFacts(one.weight, one.mean, one.deviation, one.accuracy)
                for one in again
                if one.weight is not None
            ]
        self._summary = self._told(elite, measured, busy)
        names = {True: "Results by weight", False: "Results by epoch"}
        self.border_title = names[bool(self._weights) or self._terms.shares_weights]
        self.say_when_empty(_NO_RESULTS)
        self.rewrite(to_top=other)

    def count(self, width: int) -> int:  # noqa: ARG002
        """Return how many weights or epochs there are; at least one row where there is anything to say."""
        return max(len(self._weights) or len(self._epochs), 1 if self._summary else 0)

    def headings(self, width: int) -> Sequence[Line]:
        """Return the whole result, that of the second evaluation, and the names of the columns."""
        if self._weights:
            names = ["weight", *self._names, *(["again", "±"] if self._again else [])]
            return [*self._summary, [], [(_row(names, width), "label")]]
        if self._epochs:
            return [*self._summary, [], [(_row(["epoch", *self._columns(width)], width), "label")]]
        return self._summary

    def row(self, number: int, width: int) -> Line:
        """Return the row of one weight, or of one epoch."""
        if self._weights:
            return self._weight_row(self._weights[number], width)
        return self._epoch_row(self._epochs[number], width) if self._epochs else []

    # The whole

    def _told(self, elite: ShownElite, measured: Measurement | None, busy: str) -> list[Line]:
        kind, lines = self._terms.kind, list[Line]()
        evaluation = elite.evaluation or {}
        fitness = number(evaluation.get("fitness"))
        if elite.evaluation is not None:
            lines.append(self._result("archive", fitness, number(evaluation.get("standard_deviation"))))
            trials = evaluation.get("trials")
            if isinstance(trials, int) and self._terms.shares_weights:
                lines[-1].append((f"   {_trials(trials, kind)}", "label"))
        if measured is not None:
            lines.append(self._result("again", measured.fitness, measured.deviation or math.nan))
            told = f"{formatting.whole(measured.num_trials)} other starts"
            lines[-1].append((f"   {told if kind is FitnessKind.REWARD else 'on test images'}", "label"))
            lines += self._sureness(fitness, evaluation.get("trials"), measured)
            if elite.evaluation is not None and elite.run_directory is not None:
                lines.append([(f"{'':<9}the run's archive keeps its own score", "label")])
        if busy:
            lines.append([(f"{'again':<8} ", "label"), (busy, "busy")])
        return lines

    def _result(self, name: str, fitness: float, deviation: float) -> Line:
        kind = self._terms.kind
        spread = deviation if self._terms.shares_weights else math.nan
        return [
            (f"{name:<8} ", "label"),
            (f"{formatting.fitness(fitness, kind):>8}", "value"),
            (f" {formatting.deviation(spread, kind, ascii_only=self.ascii_only)}", ""),
        ]

    def _sureness(self, fitness: float, trials: object, measured: Measurement) -> list[Line]:
        """Return between what the means lie, where luck is in them."""
        if self._terms.kind is not FitnessKind.REWARD:
            return []
        found = interval(
            fitness, [one.deviation for one in self._weights], trials if isinstance(trials, int) else 0
        )
        again = interval(measured.fitness, [one.deviation for one in measured.weights], measured.num_trials)
        told = [*([self._range(found)] if found else []), *([f"again {self._range(again)}"] if again else [])]
        return [[(f"{f'{100 * CONFIDENCE:.0f} %':<9}", "label"), (", ".join(told), "")]] if told else []

    def _range(self, ends: tuple[float, float]) -> str:
        low, high = (formatting.fitness(end, self._terms.kind) for end in ends)
        return f"{low} to {high}"

    # By weight

    @property
    def _names(self) -> list[str]:
        kind = self._terms.kind
        names = ["mean" if kind is FitnessKind.REWARD else str(kind), "±"]
        accurate = any(one.accuracy is not None for one in self._weights)
        return [*names, ACCURACIES["accuracy"]] if accurate else names

    def _weight_row(self, one: WeightFacts, width: int) -> Line:
        kind = self._terms.kind
        cells = [
            formatting.weight(one.weight),
            formatting.fitness(one.mean, kind),
            formatting.deviation(one.deviation, kind).removeprefix("±"),
        ]
        if any(other.accuracy is not None for other in self._weights):
            cells.append(formatting.accuracy(one.accuracy))
        if self._again:
            again = self._again.get(one.weight)
            cells.append("" if again is None else formatting.fitness(again.mean, kind))
            cells.append(
                "" if again is None else formatting.deviation(again.deviation, kind).removeprefix("±")
            )
        is_best = one.mean == max(other.mean for other in self._weights)
        text = _row(cells, width)
        room = min(_MOST_BAR, width - len(text) - 2)
        runs: Line = [(text, "value" if is_best else "")]
        return runs + self._weight_bar(one, room, is_best=is_best) if room >= _LEAST_BAR else runs

    def _weight_bar(self, one: WeightFacts, room: int, *, is_best: bool) -> Line:
        part = "best-bar" if is_best else "bar"
        if one.accuracy is not None:
            return [("  ", ""), (self._bar(one.accuracy, room), part)]
        if self._terms.kind is FitnessKind.LOSS:
            return []
        low = min(0.0, *(other.mean for other in self._weights))
        high = max(other.mean + other.deviation for other in self._weights)
        scale = high - low or 1.0
        bar = self._bar((one.mean - low) / scale, room)
        end = round(min(1.0, max(0.0, (one.mean + one.deviation - low) / scale)) * room)
        rest = max(0, end - len(bar))
        spread = ("-" * rest if self.ascii_only else "─" * rest) if rest else ""
        return [("  ", ""), (bar, part), (spread, "spread")]

    def _bar(self, share: float, room: int) -> str:
        """Return a bar of a share of some cells, in eighths of a cell."""
        if not math.isfinite(share):
            return ""
        eighths = round(max(0.0, min(1.0, share)) * room * 8)
        if self.ascii_only:
            return "#" * round(eighths / 8)
        return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()

    # By epoch

    def _columns(self, width: int) -> list[str]:
        names = ["loss", ACCURACIES["accuracy"]]
        names += [ACCURACIES["validation_accuracy"]] * any(one.held_out is not None for one in self._epochs)
        names += [ACCURACIES["test_accuracy"]] * any(one.test is not None for one in self._epochs)
        return names[: max(1, (width - _FIRST) // (_NARROWEST + 1))]

    def _epoch_row(self, one: EpochFacts, width: int) -> Line:
        told = {
            "loss": formatting.fitness(-one.loss, FitnessKind.LOSS),
            ACCURACIES["accuracy"]: formatting.accuracy(one.accuracy),
            ACCURACIES["validation_accuracy"]: formatting.accuracy(one.held_out),
            ACCURACIES["test_accuracy"]: formatting.accuracy(one.test),
        }
        is_last = one is self._epochs[-1]
        text = _row([formatting.whole(one.epoch), *(told[name] for name in self._columns(width))], width)
        room = min(_MOST_BAR, width - len(text) - 2)
        share = one.held_out if one.held_out is not None else one.accuracy
        runs: list[Run] = [(text, "value" if is_last else "")]
        if room >= _LEAST_BAR and share is not None:
            runs += [("  ", ""), (self._bar(share, room), "best-bar" if is_last else "bar")]
        return runs


def _row(cells: Sequence[str], width: int) -> str:
    """Return cells in columns that are as wide as there is room for."""
    first, *others = cells
    column = max(_NARROWEST, min(_WIDEST, (width - _FIRST) // max(1, len(others))))
    return f"{first:>{_FIRST}}" + "".join(f"{cell:>{column}}" for cell in others)


def _trials(count: int, kind: FitnessKind) -> str:
    unit = "starts a weight" if kind is FitnessKind.REWARD else "images"
    return f"{formatting.whole(count)} {unit}"
