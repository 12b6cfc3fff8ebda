"""The lines that say all of a saved elite: what people wrote, what it achieved, where it comes from."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from galapagos.engine.snapshot import EliteSummary
from tui import formatting
from tui.run_terms import ACCURACIES, RunTerms, terms_of_parameters
from tui.widgets.elite_facts import facts
from tui.widgets.line_drawing import Run, shorten, wrap

if TYPE_CHECKING:
    from library_store.entry import Entry
    from tui.entry_details import EntryDetails
    from tui.library_evaluation import Measurement, WeightScore

MOST_NOTE_LINES = 8
"""Of the notes; the key that edits them shows them all."""
_ROOM = 40
"""The lines that results by epoch or layer may take."""
_LONGEST_DATE = 4e11
"""Seconds since 1970 up to which a date can be told, the year 14,000."""
_MOST_LINES = 4
_FIRST, _COLUMN = 8, 10


def entry_lines(
    entry: Entry,
    details: EntryDetails | None,
    measured: Measurement | None,
    *,
    evaluating: int,
    width: int,
) -> list[list[Run]]:
    """Return the lines of an entry.

    Args:
        entry: The saved elite.
        details: What was read of it; None while that is not done.
        measured: What it came to here, in this session.
        evaluating: How many trials are going on with it here, 0 where none.
        width: Of a line, in cells.
    """
    blocks = [
        _written(entry, width),
        [*_task(entry), *_results(entry, width)],
        _here(entry, measured, evaluating, width),
        _origin(entry, details, width),
        [] if details is None else _parameters(details, width),
    ]
    lines: list[list[Run]] = []
    for block in blocks:
        lines += [[], *block] if lines and block else block
    return lines


def title_of(entry: Entry) -> str:
    """Return the heading of an entry."""
    return f"{formatting.words(entry.name, 60)}  {entry.id[:8]}"


def terms_of_entry(entry: Entry) -> RunTerms:
    """Return how the run of an entry was told."""
    terms = terms_of_parameters({**entry.parameters, "experiment": entry.experiment})
    return replace(terms, kind=entry.fitness_kind, measure=entry.measure)


def _written(entry: Entry, width: int) -> list[list[Run]]:
    tags = _labelled("tags", " ".join(entry.tags), width, "tags") if entry.tags else []
    notes: list[list[Run]] = []
    for line in entry.notes.splitlines():
        notes += [[(text, "notes")] for text in wrap(line, width, MOST_NOTE_LINES)] or [[]]
    if len(notes) > MOST_NOTE_LINES:
        notes = [*notes[: MOST_NOTE_LINES - 1], [("… n shows all of it", "label")]]
    return [*tags, *notes]


def _task(entry: Entry) -> list[list[Run]]:
    if not entry.task and not entry.experiment:
        return [[("of no known task", "label")]]
    return [[(entry.task or formatting.ABSENT, "value"), (f"  {entry.experiment}", "label")]]


def _results(entry: Entry, width: int) -> list[list[Run]]:
    known: dict[str, Any] = {
        "genome": dict(entry.skeleton),
        "operator": entry.operator or formatting.ABSENT,
        "parents": list(entry.parents),
    }
    results = entry.results
    if results is None:
        return _network_alone(entry)
    known["evaluation"] = dict(results)
    lines = facts(_summary(entry), known, terms_of_entry(entry), width, _ROOM)
    return [*lines[:2], *_objectives(entry, results, width), *lines[2:]]


def _network_alone(entry: Entry) -> list[list[Run]]:
    """Return what there is to say of a network that came without results."""
    counts = (
        (entry.connections, "connections"),
        (entry.neurons, "neurons"),
        (entry.layers, "layers"),
    )
    sizes = "   ".join(f"{formatting.whole(count)} {name}" for count, name in counts)
    return [[(sizes, "value")], [("no result is known; e evaluates it here", "label")]]


def _summary(entry: Entry) -> EliteSummary:
    evaluation = entry.evaluation
    objectives = {} if evaluation is None else dict(evaluation.objectives)
    return EliteSummary(
        level=0,
        low=entry.complexity,
        high=entry.complexity,
        id=entry.id,
        fitness=float("nan") if entry.fitness is None else entry.fitness,
        standard_deviation=float("nan") if evaluation is None else evaluation.standard_deviation,
        best_weight=None if evaluation is None else evaluation.best_weight,
        complexity=entry.complexity,
        connections=entry.connections,
        neurons=entry.neurons,
        layers=entry.layers,
        born=entry.generation or 0,
        accuracies={name: objectives[name] for name in ACCURACIES if name in objectives},
        epochs=max((one.epoch for one in evaluation.by_epoch), default=0) if evaluation is not None else 0,
    )


def _objectives(entry: Entry, results: Any, width: int) -> list[list[Run]]:  # noqa: ANN401 - checked JSON
    """Return the objectives that are no accuracies, and on how much they rest."""
    kind, objectives = entry.fitness_kind, results["objectives"]
    told = [
        f"{formatting.words(name, 20)} {formatting.fitness(value, kind)}"
        for name, value in objectives.items()
        if name not in ACCURACIES and value != entry.fitness
    ]
    count = results["trials"]
    of_images = entry.experiment not in ("", "wann-gym")
    what = "images" if of_images else "trials a weight" if results["by_weight"] else "trials"
    told.append(f"{formatting.whole(count)} {what}")
    return [[(text, "label")] for text in wrap("   ".join(told), width, 2)]


def _here(entry: Entry, measured: Measurement | None, evaluating: int, width: int) -> list[list[Run]]:
    if evaluating:
        return [[(f"evaluating here with {formatting.whole(evaluating)} trials …", "busy")]]
    if measured is None:
        return []
    kind = entry.fitness_kind
    head: list[Run] = [
        (f"evaluated here, {formatting.whole(measured.num_trials)} trials: ", "label"),
        (f"{kind} {formatting.fitness(measured.fitness, kind)}", "value"),
        (f" {formatting.deviation(measured.deviation, kind)}", "label"),
    ]
    shares = [
        f"{name} {formatting.accuracy(measured.objectives[key])}"
        for key, name in ACCURACIES.items()
        if key in measured.objectives
    ]
    lines = [head, *([[(shorten("   ".join(shares), width), "")]] if shares else [])]
    if measured.weights:
        best = max(one.mean for one in measured.weights)
        lines.append([(_row("weight", str(kind), "±"), "label")])
        lines += [
            [(_score(one, entry), "value" if one.mean == best else "")] for one in measured.weights[:_ROOM]
        ]
    return lines


def _score(one: WeightScore, entry: Entry) -> str:
    kind = entry.fitness_kind
    weight = "drawn" if one.weight is None else formatting.weight(one.weight)
    deviation = formatting.deviation(one.deviation, kind).removeprefix("±")
    return _row(weight, formatting.fitness(one.mean, kind), deviation) + (
        "" if one.accuracy is None else f"{formatting.accuracy(one.accuracy):>{_COLUMN}}"
    )


def _row(*cells: str) -> str:
    first, *others = cells
    return f"{first:>{_FIRST}}" + "".join(f"{cell:>{_COLUMN}}" for cell in others)


def _origin(entry: Entry, details: EntryDetails | None, width: int) -> list[list[Run]]:
    lines: list[list[Run]] = []
    if entry.run:
        lines += _labelled("run", entry.run, width)
    if entry.generation is not None:
        lines += _labelled("generation", formatting.whole(entry.generation), width)
    program = f" by galapagos {entry.program}" if entry.program else ""
    lines += _labelled("saved", f"{_date(entry.saved)}{program}", width)
    if entry.injections:
        told = (
            [f"into {one.run}, generation {one.generation}" for one in entry.injections[-1:]]
            if details is None
            else details.injections
        )
        more = len(entry.injections) - len(told)
        for text in told:
            lines += _labelled("injected", text, width)
        if more:
            lines += _labelled("", f"and {formatting.whole(more)} times before", width)
    if details is not None and details.problem:
        lines += [[(text, "problem")] for text in wrap(details.problem, width, _MOST_LINES)]
    return lines


def _parameters(details: EntryDetails, width: int) -> list[list[Run]]:
    if not details.parameters:
        return []
    lines: list[list[Run]] = [[("parameters that are not the usual ones", "label")]]
    longest = min(32, max(len(name) for name, _ in details.parameters))
    for name, value in details.parameters:
        text = shorten(name, longest).ljust(longest)
        lines.append([(f"{text}  ", "label"), (shorten(value, max(1, width - longest - 2)), "")])
    return lines


def _labelled(name: str, value: str, width: int, part: str = "") -> list[list[Run]]:
    """Return a value after its name, on as many lines as it needs."""
    indent = 12
    texts = wrap(value, max(1, width - indent), _MOST_LINES) or [""]
    names = [name] + [""] * (len(texts) - 1)
    return [[(f"{name:<{indent}}", "label"), (text, part)] for name, text in zip(names, texts, strict=True)]


def _date(seconds: float) -> str:
    if not 0 <= seconds <= _LONGEST_DATE:
        return formatting.ABSENT
    return time.strftime("%d %B %Y, %H:%M", time.localtime(seconds))
