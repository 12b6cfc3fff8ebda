"""The facts of one elite: where it comes from, what it is made of, how it does with each weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.content import Content
from textual.geometry import Region

from tui import formatting
from tui.widgets.line_drawing import DrawnWidget, Run, centred, shorten

if TYPE_CHECKING:
    from textual.strip import Strip

    from galapagos.engine.snapshot import EliteSummary

_EIGHTHS = " ▏▎▍▌▋▊▉"
_WIDEST_BAR = 40
_COLUMNS = (7, 9, 8)
"""The widths of weight, mean and standard deviation."""
_ORIGIN = 2
"""The first line that says what a snapshot does not."""


class WeightFacts(NamedTuple):
    """What one shared weight achieved."""

    weight: float
    mean: float
    deviation: float


class EliteFacts(DrawnWidget):
    """Shows one elite; what a snapshot does not say (parents, weights) comes later by `show_origin`.

    Args:
        id: The id of the widget.
    """

    PREFIX = "elite-facts"
    ALLOW_MAXIMIZE = True
    BORDER_TITLE = "Elite"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"elite-facts--{part}" for part in ("label", "value", "bar", "best-bar", "empty")
    }
    DEFAULT_CSS = """
    EliteFacts {
        & > .elite-facts--label { color: $text-muted; }
        & > .elite-facts--value { text-style: bold; }
        & > .elite-facts--bar { color: $primary; }
        & > .elite-facts--best-bar { color: $accent; }
        & > .elite-facts--empty { color: $text-muted; text-style: italic; }
        &:ansi > .elite-facts--label { text-style: dim; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._elite: EliteSummary | None = None
        self._known: dict[str, Any] = {}

    def show(self, elite: EliteSummary | None) -> bool:
        """Show an elite, and return whether its origin is still to be asked for."""
        if elite == self._elite:
            return False
        old, self._elite = self._elite, elite
        same = old is not None and elite is not None and (old.id, old.fitness) == (elite.id, elite.fitness)
        if not same:
            self._known = {}
        self.border_title = Content(_title(elite))
        self.refresh()
        return elite is not None and not same

    def show_origin(self, id: str, known: dict[str, Any]) -> None:
        """Show what the engine knows of an elite, if it is still the one on show."""
        if self._elite is not None and self._elite.id == id and known != self._known:
            lines = len(facts(self._elite, known, self.size.width))
            lines = max(lines, len(facts(self._elite, self._known, self.size.width)))
            self._known = known
            self.refresh(Region(0, _ORIGIN, self.size.width, max(0, lines - _ORIGIN)))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.size
        if self._elite is None:
            return self.strip([(centred("No elite yet", width, height)[y], "empty")], width)
        lines = facts(self._elite, self._known, width)
        return self.strip(lines[y] if y < len(lines) else [], width)


def facts(elite: EliteSummary, known: dict[str, Any], width: int) -> list[list[Run]]:
    """Return the lines that say everything of an elite in `width` cells."""
    deviation = formatting.deviation(elite.standard_deviation)
    lines: list[list[Run]] = [
        [
            *_fact(formatting.whole(elite.connections), "connections"),
            *_fact(formatting.whole(elite.neurons), "neurons"),
            *_fact(formatting.whole(elite.layers), "layers"),
        ],
        [
            ("fitness ", "label"),
            (formatting.fitness(elite.fitness), "value"),
            (f" {deviation}   best weight ", "label"),
            (formatting.weight(elite.best_weight), "value"),
        ],
        _origin(elite, known, width),
    ]
    results = weight_facts(known)
    return [*lines, [], *_table(results, width)] if results else lines


def weight_facts(known: dict[str, Any]) -> list[WeightFacts]:
    """Return what an answer of the engine says of each shared weight; what is damaged is left out."""
    evaluation = known.get("evaluation")
    rows = evaluation.get("by_weight") if isinstance(evaluation, dict) else None
    results = []
    for row in rows if isinstance(rows, list | tuple) else ():
        values = [row.get(name) for name in ("weight", "mean", "std")] if isinstance(row, dict) else []
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        if len(numbers) == len(WeightFacts._fields):
            results.append(WeightFacts(*numbers))
    return results


def _title(elite: EliteSummary | None) -> str:
    if elite is None:
        return "Elite"
    pinned = "  pinned" if elite.pinned else ""
    return f"Elite {elite.level}  {formatting.words(elite.id, 16)[:8]}  born {elite.born}{pinned}"


def _origin(elite: EliteSummary, known: dict[str, Any], width: int) -> list[Run]:
    operator = formatting.words(str(known.get("operator", ""))) or "…"
    parents = known.get("parents")
    names = [formatting.words(str(parent), 16)[:8] for parent in parents] if isinstance(parents, list) else []
    origin = f"{operator} from {', '.join(names)}" if names else operator
    runs: list[Run] = [("made by ", "label"), (shorten(origin, max(0, width - len("made by "))), "")]
    identity = f"   id {formatting.words(elite.id, 16)}"
    fits = sum(len(text) for text, _ in runs) + len(identity) <= width
    return [*runs, (identity, "label")] if fits else runs


def _table(results: list[WeightFacts], width: int) -> list[list[Run]]:
    room = min(_WIDEST_BAR, width - sum(_COLUMNS) - 2)
    best = max(result.mean for result in results)
    scale = max(abs(result.mean) for result in results) or 1.0
    rows: list[list[Run]] = [[(_row("weight", "mean", "±"), "label")]]
    for result in results:
        is_best = result.mean == best
        text = _row(
            formatting.weight(result.weight),
            formatting.fitness(result.mean),
            formatting.fitness(result.deviation),
        )
        bar = _bar(result.mean / scale, room)
        rows.append([(text, "value" if is_best else ""), (f"  {bar}", "best-bar" if is_best else "bar")])
    return rows


def _row(*cells: str) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _COLUMNS, strict=True))


def _bar(share: float, room: int) -> str:
    """Return a bar of a share of `room` cells, in eighths of a cell; nothing for a negative share."""
    eighths = round(max(0.0, share) * max(0, room) * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _fact(value: str, name: str) -> tuple[Run, Run]:
    return (value, "value"), (f" {name}   ", "label")
