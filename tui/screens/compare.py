"""Several elites side by side: their networks, and in a table what they came to and what differs."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui import formatting
from tui.compare_rows import are_comparable, compare_rows, same_parameters
from tui.neuron_names import neuron_names
from tui.plain_content import plain_content
from tui.shown_elite import inspect
from tui.widgets.compare_table import CompareTable
from tui.widgets.key_footer import KeyFooter
from tui.widgets.network_drawing import NetworkDrawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Resize

    from tui.compare_rows import CompareRow
    from tui.shown_elite import Inspected, ShownElite

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-low"), (32, "-high")]
LEAST_WIDTH = 38
"""Cells that a network beside others takes at least."""
MOST_SEEN = 8


class CompareScreen(Screen[None]):
    """Compares elites, as many at a time as fit.

    Args:
        items: Two or more.
    """

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "#table"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "move(1)", "Next", id="compare.next", tooltip="Show the elites further right"),
        Binding(
            "left,h",
            "move(-1)",
            "Previous",
            id="compare.previous",
            tooltip="Show the elites further left",
        ),
        Binding(
            "d",
            "only_different",
            "Only differences",
            id="compare.differences",
            tooltip="Leave out what is the same in all of them, or show it again",
        ),
        Binding(
            "z",
            "networks",
            "Networks",
            id="compare.networks",
            tooltip="Give the networks the whole screen, or give it back to the table",
        ),
        Binding("escape", "back", "Back", id="compare.back", tooltip="Back to where it was opened"),
        Binding("q", "quit", "Close", show=False, id="compare.close", tooltip="Back to where it was opened"),
    ]

    def __init__(self, items: Sequence[ShownElite]) -> None:
        super().__init__()
        self._items = tuple(items)
        self._inspected: list[Inspected] = []
        self._rows: list[CompareRow] = []
        self._note = ""
        self._first = 0
        self._only_different = False
        self._networks = [NetworkDrawing() for _ in range(min(len(self._items), MOST_SEEN))]
        self._table = CompareTable(id="table")

    def compose(self) -> ComposeResult:
        """Lay the networks out above the table."""
        yield Static(id="title")
        with Container(id="networks"):
            yield from self._networks
        yield self._table
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the networks."""
        self._table.say_when_empty("reading …")
        self._draw()
        self.run_worker(self._inspect(), name="inspect")

    async def _inspect(self) -> None:
        inspected = [await to_thread(inspect, item) for item in self._items]
        self._rows = compare_rows(inspected)
        self._note = f"{formatting.whole(same_parameters(inspected))} parameters are the same"
        if not are_comparable(inspected):
            self._note += "; the tasks are different, so none is better"
        self._inspected = inspected
        self._draw()

    def on_resize(self, _: Resize) -> None:
        """Show as many as fit now."""
        self._draw()

    # What is shown

    @property
    def seen(self) -> range:
        """The places of the elites that are shown."""
        fitting = max(2, self.size.width // LEAST_WIDTH)
        count = min(len(self._items), fitting, MOST_SEEN)
        first = max(0, min(self._first, len(self._items) - count))
        return range(first, first + count)

    def _draw(self) -> None:
        seen = self.seen
        self._draw_title(seen)
        for slot, network in enumerate(self._networks):
            network.display = slot < len(seen)
            if slot < len(seen) and self._inspected:
                self._draw_network(network, self._inspected[seen[slot]])
        if self._inspected:
            rows = [row for row in self._rows if row.differs or not self._only_different]
            self._table.show(rows, [_called(item) for item in self._items], seen, self._note)
        self.refresh_bindings()

    def _draw_title(self, seen: range) -> None:
        count = len(self._items)
        part = f"  {seen.start + 1} to {seen.stop} of {count}" if len(seen) < count else f"  {count} elites"
        only = "  only what differs" if self._only_different else ""
        self.query_one("#title", Static).update(
            Content.assemble((" Comparison", "bold $text-primary"), part, (only, "$text-warning"))
        )

    def _draw_network(self, network: NetworkDrawing, one: Inspected) -> None:
        names = neuron_names(one.elite.task)
        network.show(one.genome, names.inputs, names.outputs)
        network.border_title = plain_content(_called(one.elite))
        fitness = formatting.fitness(one.summary.fitness, one.elite.terms.kind)
        network.border_subtitle = plain_content(one.problem or f"{one.elite.terms.kind} {fitness}")

    # What a person asks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what moves where all are seen, and grey it at the ends."""
        if action != "move":
            return True
        seen = self.seen
        if len(seen) == len(self._items):
            return False
        at_end = seen.stop == len(self._items) if parameters[0] == 1 else seen.start == 0
        return None if at_end else True

    def action_move(self, step: int) -> None:
        """Show the elites further to one side."""
        self._first = max(0, min(self.seen.start + step, len(self._items) - len(self.seen)))
        self._draw()

    def action_only_different(self) -> None:
        """Leave out what is the same in all of them, or show it again."""
        self._only_different = not self._only_different
        self._draw()

    def action_networks(self) -> None:
        """Give the networks the whole screen, or give it back to the table."""
        self.toggle_class("-networks")

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss()

    def action_quit(self) -> None:
        """Go back to where it was opened."""
        self.dismiss()


def _called(elite: ShownElite) -> str:
    return f"{formatting.words(elite.title, 40)} {formatting.words(elite.id, 16)[:8]}"
