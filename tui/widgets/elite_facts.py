"""The facts of one elite: where it comes from, what it is made of, how it does and how it came to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region, Size

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.elite_details import EpochFacts, WeightFacts, epoch_facts, layer_lines, weight_facts
from tui.run_terms import ACCURACIES, RunTerms
from tui.widgets.line_drawing import DrawnWidget, Run, centred, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.strip import Strip

    from galapagos.engine.snapshot import EliteSummary

_EIGHTHS = " ▏▎▍▌▋▊▉"
_WIDEST_BAR = 40
_FIRST_COLUMN, _COLUMN = 6, 9
"""The widths of the columns of a table."""
_ORIGIN = 2
"""The first line that may say what a snapshot does not."""
_GAP = 3


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
        self._terms = RunTerms()
        self._known: dict[str, Any] = {}
        self._lines: list[list[Run]] | None = None
        self._lines_size = Size()

    def show(self, elite: EliteSummary | None, terms: RunTerms | None = None) -> bool:
        """Show an elite, and return whether its origin is still to be asked for.

        Args:
            elite: None where there is none.
            terms: How its run is told; None leaves that as it is.
        """
        terms_before, self._terms = self._terms, terms or self._terms
        if elite == self._elite and self._terms == terms_before:
            return False
        old, self._elite = self._elite, elite
        if old is None or elite is None or old.id != elite.id:
            self._known = {}
        self._lines = None
        self.border_title = Content(_title(elite))
        self.refresh()
        return elite is not None and (old is None or _state(old) != _state(elite))

    def show_origin(self, id: str, known: dict[str, Any]) -> None:
        """Show what the engine knows of an elite, if it is still the one on show."""
        if self._elite is not None and self._elite.id == id and known != self._known:
            before = self._written()
            self._known, self._lines = known, None
            lines = max(len(before), len(self._written()))
            self.refresh(Region(0, _ORIGIN, self.size.width, max(0, lines - _ORIGIN)))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.size
        if self._elite is None:
            return self.strip([(centred("No elite yet", width, height)[y], "empty")], width)
        lines = self._written()
        return self.strip(lines[y] if y < len(lines) else [], width)

    def _written(self) -> list[list[Run]]:
        """Return the facts for the present size, written once."""
        if self._elite is None:
            return []
        if self._lines is None or self._lines_size != self.size:
            self._lines_size = self.size
            self._lines = facts(self._elite, self._known, self._terms, *self.size)
        return self._lines


def facts(
    elite: EliteSummary, known: dict[str, Any], terms: RunTerms, width: int, height: int
) -> list[list[Run]]:
    """Return the lines that say everything of an elite in so many cells.

    Args:
        elite: What a snapshot says.
        known: What the engine answered, so far as it did.
        terms: How the run is told.
        width: Of a line.
        height: How many lines there is room for; there may be more.
    """
    measures = [
        _fact(name, formatting.accuracy(elite.accuracies.get(key)))
        for key, name in ACCURACIES.items()
        if formatting.accuracy(elite.accuracies.get(key))
    ]
    sizes = (("connections", elite.connections), ("neurons", elite.neurons), ("layers", elite.layers))
    lines = [
        *_packed([_counted(formatting.whole(number), name) for name, number in sizes], width),
        *_packed(_success(elite, terms), width),
        *_packed(measures, width),
        _origin(elite, known, width),
    ]
    weights, epochs, layers = weight_facts(known), epoch_facts(known), layer_lines(known)
    if layers:
        # The last epoch keeps its place.
        room = height - len(lines) - (4 if epochs else 1)
        lines += [[], *_stack(layers, max(2, room))]
    if weights:
        lines += [[], *_weights(weights, terms.kind, width)]
    if epochs:
        lines += [[], *_epochs(epochs, width, max(1, height - len(lines) - 2))]
    return lines


def _state(elite: EliteSummary) -> tuple[object, ...]:
    """Return what an answer of the engine about an elite depends on."""
    return elite.id, elite.fitness, elite.epochs


def _title(elite: EliteSummary | None) -> str:
    if elite is None:
        return "Elite"
    pinned = "  pinned" if elite.pinned else ""
    return f"Elite {elite.level}  {formatting.words(elite.id, 16)[:8]}  born {elite.born}{pinned}"


def _success(elite: EliteSummary, terms: RunTerms) -> list[list[Run]]:
    """Return fitness, and the weights or the learning that it comes from."""
    fitness = _fact(terms.kind, formatting.fitness(elite.fitness, terms.kind))
    if terms.shares_weights:
        if spread := formatting.deviation(elite.standard_deviation, terms.kind):
            fitness.append((f" {spread}", "label"))
        best = formatting.weight(elite.best_weight)
        return [fitness, *([_fact("best weight", best)] if best else [])]
    epochs = _counted(formatting.whole(elite.epochs), "epoch" if elite.epochs == 1 else "epochs")
    rule = formatting.words(terms.learning_rule.replace("_", " "))
    return [fitness, epochs, *([_fact("by", rule)] if rule else [])]


def _origin(elite: EliteSummary, known: dict[str, Any], width: int) -> list[Run]:
    operator = formatting.operator(str(known.get("operator", ""))) or "…"
    parents = known.get("parents")
    names = [formatting.words(str(parent), 16)[:8] for parent in parents] if isinstance(parents, list) else []
    origin = f"{operator} from {', '.join(names)}" if names else operator
    runs: list[Run] = [("made by ", "label"), (shorten(origin, max(0, width - len("made by "))), "")]
    identity = f"   id {formatting.words(elite.id, 16)}"
    fits = _length(runs) + len(identity) <= width
    return [*runs, (identity, "label")] if fits else runs


def _weights(results: list[WeightFacts], kind: FitnessKind, width: int) -> list[list[Run]]:
    """Return a line for each shared weight, with a bar of its accuracy, or else of its reward."""
    with_accuracy = any(result.accuracy is not None for result in results)
    names = ["weight", str(kind) if kind is not FitnessKind.REWARD else "mean", "±"]
    names += [ACCURACIES["accuracy"]] * with_accuracy
    room = min(_WIDEST_BAR, width - len(_row(names)) - 2)
    best = max(result.mean for result in results)
    scale = max(abs(result.mean) for result in results) or 1.0
    rows: list[list[Run]] = [[(_row(names), "label")]]
    for result in results:
        is_best = result.mean == best
        cells = [
            formatting.weight(result.weight),
            formatting.fitness(result.mean, kind),
            formatting.deviation(result.deviation, kind).removeprefix("±"),
        ]
        cells += [formatting.accuracy(result.accuracy)] * with_accuracy
        share = 0.0 if kind is FitnessKind.LOSS else result.mean / scale
        bar = _bar(share if result.accuracy is None else result.accuracy, room)
        text, drawn = ("value", "best-bar") if is_best else ("", "bar")
        rows.append([(_row(cells), text), (f"  {bar}", drawn)])
    return rows


def _epochs(results: list[EpochFacts], width: int, room: int) -> list[list[Run]]:
    """Return a line for each of the last epochs, with the columns that fit."""
    names = ["epoch", "loss", ACCURACIES["accuracy"]]
    names += [ACCURACIES["validation_accuracy"]] * any(one.held_out is not None for one in results)
    names += [ACCURACIES["test_accuracy"]] * any(one.test is not None for one in results)
    names = names[: max(1, 1 + (width - _FIRST_COLUMN) // _COLUMN)]
    rows: list[list[Run]] = [[(_row(names), "label")]]
    for result in results[-room:]:
        cells = {
            "epoch": formatting.whole(result.epoch),
            # As a fitness is written, which a loss is once it is negated.
            "loss": formatting.fitness(-result.loss, FitnessKind.LOSS),
            ACCURACIES["accuracy"]: formatting.accuracy(result.accuracy),
            ACCURACIES["validation_accuracy"]: formatting.accuracy(result.held_out),
            ACCURACIES["test_accuracy"]: formatting.accuracy(result.test),
        }
        rows.append([(_row(cells[name] for name in names), "value" if result is results[-1] else "")])
    return rows


def _stack(layers: list[str], room: int) -> list[list[Run]]:
    """Return the layers that there is room for: the ends are labels, and what is cut is counted."""
    first, *middle, last = layers
    kept = len(middle) if len(layers) <= room else max(0, room - 3)
    rest = [f"… and {len(middle) - kept} more"] if kept < len(middle) else []
    numbered = [
        [(f"{number:>3}  ", "label"), (text, "")] for number, text in enumerate(middle[:kept], start=1)
    ]
    return [_end(first), *numbered, *map(_end, [*rest, last])]


def _end(text: str) -> list[Run]:
    return [(f"     {text}", "label")]


def _row(cells: Iterable[str]) -> str:
    first, *others = cells
    return f"{first:>{_FIRST_COLUMN}}" + "".join(f"{cell:>{_COLUMN}}" for cell in others)


def _bar(share: float, room: int) -> str:
    """Return a bar of a share of `room` cells, in eighths of a cell; nothing for a negative share."""
    eighths = round(max(0.0, min(1.0, share)) * max(0, room) * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _counted(value: str, name: str) -> list[Run]:
    return [(value, "value"), (f" {name}", "label")]


def _fact(name: str, value: str) -> list[Run]:
    return [(f"{name} ", "label"), (value, "value")]


def _packed(pieces: list[list[Run]], width: int) -> list[list[Run]]:
    """Return pieces in as few lines as they fit into, in their order."""
    lines: list[list[Run]] = []
    for piece in pieces:
        if lines and _length(lines[-1]) + _GAP + _length(piece) <= width:
            lines[-1] += [(" " * _GAP, ""), *piece]
        else:
            lines.append(list(piece))
    return lines


def _length(runs: list[Run]) -> int:
    return sum(cell_len(text) for text, _ in runs)
