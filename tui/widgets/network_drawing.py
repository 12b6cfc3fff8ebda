"""A network as a drawing: neurons and connections, layers where those are too many, or a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.reactive import reactive

from tui import formatting
from tui.widgets import network_marks as marks
from tui.widgets.canvas import Canvas, CanvasWidget
from tui.widgets.network_graph import LINE_PARTS, Names, paint_graph
from tui.widgets.network_layers import FLOW_PARTS, paint_layers
from tui.widgets.network_stack import paint_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Size
    from textual.strip import Strip

    from galapagos.genomes.genome import Genome

    Painter = Callable[[Canvas, bool], bool]

_PARTS = (
    "",
    "connection",
    *LINE_PARTS,
    *FLOW_PARTS,
    "label",
    "unused",
    "share",
    "box",
    "value",
    "bar",
    "empty",
    *marks.PARTS,
)


class NetworkDrawing(CanvasWidget):
    """The network of an elite.

    A graph has its inputs at the left and its outputs at the right, each neuron with the symbol and colour of
    its activation. With more than 300 connections, or in a place too small for them, its layers are drawn
    instead, with the share of all connections that leads from each to which. A stack of layers is a chain of
    boxes. It is drawn once for a network and a size.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "network-drawing"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"network-drawing--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    NetworkDrawing {
        width: 1fr;
        height: 1fr;
        & > .network-drawing--connection { color: $text-muted; }
        & > .network-drawing--positive-strong { color: $text-primary; text-style: bold; }
        & > .network-drawing--positive { color: $text-primary; }
        & > .network-drawing--positive-weak { color: $text-primary; text-style: dim; }
        & > .network-drawing--negative-strong { color: $text-error; text-style: bold; }
        & > .network-drawing--negative { color: $text-error; }
        & > .network-drawing--negative-weak { color: $text-error; text-style: dim; }
        & > .network-drawing--flow-strong { color: $text-primary; text-style: bold; }
        & > .network-drawing--flow { color: $text-primary; }
        & > .network-drawing--flow-weak { color: $text-muted; }
        & > .network-drawing--label { color: $text-muted; }
        & > .network-drawing--unused { color: $text-disabled; }
        & > .network-drawing--share { color: $text; }
        & > .network-drawing--box { color: $text-muted; }
        & > .network-drawing--value { color: $text; text-style: bold; }
        & > .network-drawing--bar { color: $text; }
        & > .network-drawing--empty { color: $text-muted; text-style: italic; }
        & > .network-drawing--end { color: $text; text-style: bold; }
        & > .network-drawing--straight { color: $text; text-style: bold; }
        & > .network-drawing--ramp { color: $text-warning; text-style: bold; }
        & > .network-drawing--periodic { color: $text-primary; text-style: bold; }
        & > .network-drawing--saturating { color: $text-success; text-style: bold; }
        & > .network-drawing--even { color: $text-error; text-style: bold; }
        &:ansi > .network-drawing--connection { text-style: dim; }
        &:ansi > .network-drawing--flow-weak { text-style: dim; }
        &:ansi > .network-drawing--label { text-style: dim; }
        &:ansi > .network-drawing--unused { text-style: dim; }
        &:ansi > .network-drawing--box { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(NetworkDrawing.ascii_only, ascii_only)
        self._genome: Genome | None = None
        self._names = Names()
        self._painter: Painter | None = None
        self._strips: dict[tuple[Size, int], Strip] = {}

    def show(
        self, genome: Genome | None, input_names: Sequence[str] = (), output_names: Sequence[str] = ()
    ) -> None:
        """Draw this network.

        Args:
            genome: A graph or a stack of layers; None where there is none.
            input_names: What the inputs are called, without the bias; those that are missing are x1, x2, …
            output_names: What the outputs are called; those that are missing are y1, y2, …
        """
        names = Names(tuple(input_names), tuple(output_names))
        if genome is self._genome and names == self._names:
            return
        self._genome, self._names = genome, names
        self._painter = None if genome is None else painter(genome, names)
        self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def repaint(self) -> None:
        """Paint again and refresh the rows that came out differently."""
        self.forget_strips()
        super().repaint()

    def forget_strips(self) -> None:
        """Drop the strips of every size."""
        self._strips = {}

    def paint(self, width: int, height: int) -> Canvas:
        """Return the drawing for one size."""
        canvas = Canvas(width, height, _PARTS)
        if self._painter is None or self._genome is None:
            _say(canvas, [("no network",)])
        elif not self._painter(canvas, self.ascii_only):
            _say(canvas, _counts(self._genome))
        return canvas

    def render_line(self, y: int) -> Strip:
        """Draw one row, once for each size."""
        strip = self._strips.get((self.size, y))
        if strip is None:
            strip = self._strips[self.size, y] = super().render_line(y)
        return strip


def painter(genome: Genome, names: Names) -> Painter:
    """Return what draws a network on an empty canvas and says whether there was room for it."""
    from galapagos.genomes.graph import GraphGenome
    from galapagos.genomes.layers import LayerGenome

    if isinstance(genome, GraphGenome):
        layers = genome.layers()
        return lambda canvas, ascii_only: (
            paint_graph(genome, layers, names, canvas, ascii_only=ascii_only)
            or paint_layers(genome, layers, canvas, ascii_only=ascii_only)
        )
    if isinstance(genome, LayerGenome):
        return lambda canvas, ascii_only: paint_stack(genome, canvas, ascii_only=ascii_only)
    return lambda *_: False


def _counts(genome: Genome) -> list[tuple[str, ...]]:
    """Return in lines how large a network is, from the longest to the shortest way to say it."""
    layers = f"{formatting.whole(genome.complexity('layers'))} layers"
    if genome.kind != "graph":
        return [(layers,)]
    neurons, connections = (
        f"{formatting.whole(genome.complexity(measure))} {measure}" for measure in ("neurons", "connections")
    )
    return [(f"{neurons}, {connections}",), (f"{neurons},", connections), (connections,)]


def _say(canvas: Canvas, ways: Sequence[tuple[str, ...]]) -> None:
    """Write in the middle the first of some ways to say something that fits, or nothing."""
    for lines in ways:
        if len(lines) <= canvas.height and max(map(len, lines)) <= canvas.width:
            top = (canvas.height - len(lines)) // 2
            for row, line in enumerate(lines, start=top):
                canvas.write(row, (canvas.width - len(line)) // 2, line, "empty")
            return
