"""Elites side by side: what they came to, how large they are, where they come from, and what differs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.fitness import FitnessKind
from galapagos.plain_text import plain
from tui import formatting
from tui.run_terms import ACCURACIES
from tui.shown_elite import number
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.shown_elite import Inspected, ShownElite

RESULTS, NETWORK, ORIGIN, PARAMETERS = "Results", "Network", "Origin", "Parameters that differ"
_MISSING = object()


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One line of a comparison.

    Args:
        group: Under which heading it stands.
        name: What is compared.
        values: As text, one an elite; a dash where there is none.
        differs: Whether they are not all the same.
        best: The places of the best; empty where none is better, or they cannot be compared.
    """

    group: str
    name: str
    values: tuple[str, ...]
    differs: bool
    best: frozenset[int] = frozenset()


def compare_rows(items: Sequence[Inspected]) -> list[CompareRow]:
    """Return the lines of a comparison of at least one elite."""
    rows = [*_results(items), *_sizes(items), *_origin(items)]
    return rows + _parameters([item.elite for item in items])


def same_parameters(items: Sequence[Inspected]) -> int:
    """Return how many parameters are the same in all of them."""
    names = _parameter_names([item.elite for item in items])
    return len(names) - sum(row.group == PARAMETERS for row in compare_rows(items))


def are_comparable(items: Sequence[Inspected]) -> bool:
    """Return whether all are scored alike: by the same kind of experiment, on the same task."""
    return len({(item.elite.experiment, item.elite.task) for item in items}) == 1


def _results(items: Sequence[Inspected]) -> list[CompareRow]:
    comparable = are_comparable(items)
    kinds = [item.elite.terms.kind for item in items]
    evaluations: list[dict[str, Any]] = [dict(item.elite.evaluation or {}) for item in items]
    fitness = [number(one.get("fitness")) for one in evaluations]
    spreads = [number(one.get("standard_deviation")) for one in evaluations]
    name = str(kinds[0]) if len(set(kinds)) == 1 else "fitness"
    rows = [_numbers(name, fitness, kinds, comparable=comparable)]
    if any(item.elite.terms.shares_weights for item in items):
        texts = [formatting.deviation(value, kind) for value, kind in zip(spreads, kinds, strict=True)]
        rows.append(_texts(RESULTS, "deviation", texts))
        weights = [formatting.weight(item.summary.best_weight) for item in items]
        rows.append(_texts(RESULTS, "best weight", weights))
    objectives = [one.get("objectives") for one in evaluations]
    told = [dict(one) if isinstance(one, dict) else {} for one in objectives]
    for objective in dict.fromkeys(key for one in told for key in one):
        values = [number(one.get(objective)) for one in told]
        if objective in ACCURACIES:
            row = _numbers(
                f"accuracy, {ACCURACIES[objective]}",
                values,
                [FitnessKind.ACCURACY] * len(items),
                comparable=comparable,
            )
        elif objective == "max" and any(item.elite.terms.shares_weights for item in items):
            row = _numbers("mean at best w", values, kinds, comparable=comparable)
        elif objective in {"mean", "max"}:
            continue  # the fitness
        else:
            row = _numbers(plain(str(objective), 40), values, kinds, comparable=comparable)
        rows.append(row)
    trials = [as_text(one["trials"]) if "trials" in one else "" for one in evaluations]
    return [*rows, _texts(RESULTS, "trials", trials)]


def _sizes(items: Sequence[Inspected]) -> list[CompareRow]:
    def size(read: Callable[[Inspected], int]) -> list[str]:
        return ["" if item.genome is None else formatting.whole(read(item)) for item in items]

    kinds = ["" if item.genome is None else plain(item.genome.kind, 20) for item in items]
    return [
        _texts(NETWORK, "kind", kinds),
        _texts(NETWORK, "connections", size(lambda item: item.summary.connections)),
        _texts(NETWORK, "neurons", size(lambda item: item.summary.neurons)),
        _texts(NETWORK, "layers", size(lambda item: item.summary.layers)),
        _texts(NETWORK, "epochs learned", size(lambda item: item.summary.epochs)),
    ]


def _origin(items: Sequence[Inspected]) -> list[CompareRow]:
    elites = [item.elite for item in items]
    runs = ["" if one.run_directory is None else plain(one.run_directory.name) for one in elites]
    born = ["" if one.generation is None else formatting.whole(one.generation) for one in elites]
    parents = [", ".join(plain(parent, 16)[:8] for parent in one.parents[:2]) for one in elites]
    return [
        _texts(ORIGIN, "id", [plain(one.id, 16) for one in elites]),
        _texts(ORIGIN, "task", [f"{plain(one.experiment, 40)}/{one.task}" for one in elites]),
        _texts(ORIGIN, "run", runs),
        _texts(ORIGIN, "born in generation", born),
        _texts(ORIGIN, "made by", [formatting.operator(one.operator) for one in elites]),
        _texts(ORIGIN, "parent", parents),
    ]


def _parameters(elites: Sequence[ShownElite]) -> list[CompareRow]:
    rows = []
    for name in _parameter_names(elites):
        values = [one.parameters.get(name, _MISSING) for one in elites]
        if any(value != values[0] for value in values):
            texts = ["" if value is _MISSING else plain(as_text(value)) for value in values]
            rows.append(_texts(PARAMETERS, plain(name, 40), texts, differs=True))
    return rows


def _parameter_names(elites: Sequence[ShownElite]) -> list[str]:
    return list(dict.fromkeys(name for one in elites for name in one.parameters))


def _numbers(
    name: str, values: Sequence[float], kinds: Sequence[FitnessKind], *, comparable: bool
) -> CompareRow:
    """Return a row of values that are higher for the better."""
    known = [value for value in values if math.isfinite(value)]
    differs = len(set(known)) > 1 or 0 < len(known) < len(values)
    best = frozenset(
        place
        for place, value in enumerate(values)
        if comparable and len(set(known)) > 1 and value == max(known)
    )
    texts = tuple(formatting.fitness(value, kind) for value, kind in zip(values, kinds, strict=True))
    return CompareRow(RESULTS, name, texts, differs, best)


def _texts(group: str, name: str, values: Sequence[str], *, differs: bool | None = None) -> CompareRow:
    told = tuple(plain(value) or formatting.ABSENT for value in values)
    return CompareRow(group, name, told, len(set(told)) > 1 if differs is None else differs)
