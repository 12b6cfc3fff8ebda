"""What is said of one cell of the archive: of its elite, and of those who led it before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui import formatting
from tui.archive_cells import champion_of, level_of, shown_by, sizes_of_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from galapagos.evolution.levels import Level
    from tui.archive_cells import ArchiveCell
    from tui.archive_history import SizeRecord
    from tui.run_terms import RunTerms
    from tui.widgets.line_drawing import Run

_SHORT_ID = 8
_LABEL = 10


def elite_lines(
    cell: ArchiveCell,
    cells: Sequence[ArchiveCell],
    levels: Sequence[Level],
    known: Mapping[str, Any],
    terms: RunTerms,
) -> list[list[Run]]:
    """Return the facts of a cell and its elite.

    Args:
        cell: The one.
        cells: All of them.
        levels: That are laid over them.
        known: What the engine answered about the elite, so far as it did; data from another process.
        terms: How the run is told.
    """
    size = f"{formatting.whole(cell.complexity)} {formatting.words(terms.measure, 24)}"
    lines = [_line("size", (size, "value"))]
    low, high = sizes_of_cell(cell.complexity)
    if low < high:
        lines.append(_line("of sizes", (formatting.extent(low, high), "")))
    if not cell.has_elite:
        lines.append(_line("elite", ("none now: it was dropped, or no network was confirmed", "")))
        lines.append(_line("seen", (formatting.fitness(cell.seen, terms.kind), "value")))
        return lines
    lines.append(_fitness(cell, known, terms, is_champion=cell == champion_of(cells)))
    lines += _level(cell, cells, levels, terms)
    lines.append(_line("born", (f"{terms.step} {formatting.whole(terms.number_of(cell.born))}", "")))
    lines.append(_line("id", (formatting.words(cell.id, 16), "")))
    if origin := _origin(known):
        lines.append(_line("made by", (origin, "")))
    return lines


def history_lines(led: Sequence[SizeRecord], terms: RunTerms) -> list[list[Run]]:
    """Return a line for each who led a cell, the latest first.

    Args:
        led: From `tui.archive_history.reigns`.
        terms: How the run is told.
    """
    if not led:
        return []
    numbers = [formatting.whole(terms.number_of(one.generation)) for one in led]
    scores = [formatting.fitness(one.fitness, terms.kind) for one in led]
    wide, tall = max(map(len, numbers)), max(map(len, scores))
    return [
        [
            (f"{number:>{wide}}  ", "label"),
            (f"{score:>{tall}}", "good" if place == 0 else "value"),
            (f"  {formatting.words(one.id)[:_SHORT_ID]}  ", "label"),
            (formatting.operator(one.operator), ""),
        ]
        for place, (one, number, score) in enumerate(zip(led, numbers, scores, strict=True))
    ]


def _line(label: str, *runs: Run) -> list[Run]:
    return [(label.ljust(_LABEL), "label"), *runs]


def _fitness(cell: ArchiveCell, known: Mapping[str, Any], terms: RunTerms, *, is_champion: bool) -> list[Run]:
    evaluation = known.get("evaluation")
    spread = evaluation.get("standard_deviation") if isinstance(evaluation, dict) else None
    told = formatting.deviation(spread, terms.kind) if isinstance(spread, float) and spread > 0 else ""
    line = _line("fitness", (formatting.fitness(cell.fitness, terms.kind), "good"))
    after = f" {told}" * bool(told) + "  the champion" * is_champion
    return [*line, (after, "label")] if after else line


def _level(
    cell: ArchiveCell, cells: Sequence[ArchiveCell], levels: Sequence[Level], terms: RunTerms
) -> list[list[Run]]:
    level = level_of(cell, levels)
    if level is None:
        return []
    told = f"{level.number} of {len(levels)}, sizes {formatting.extent(level.low, level.high)}"
    best = shown_by(cells, levels).get(level.number)
    if best is None or best.bin == cell.bin:
        shown: Run = ("this elite", "good")
    else:
        better = formatting.fitness(best.fitness, terms.kind)
        shown = (f"that of size {formatting.whole(best.complexity)}, {better}", "")
    return [_line("level", (told, "")), _line("shows", shown)]


def _origin(known: Mapping[str, Any]) -> str:
    operator, parents = known.get("operator"), known.get("parents")
    if not isinstance(operator, str):
        return ""
    names = (
        [formatting.words(parent)[:_SHORT_ID] for parent in parents if isinstance(parent, str)]
        if (isinstance(parents, list | tuple))
        else []
    )
    return formatting.operator(operator) + (f" from {', '.join(names)}" if names else "")
