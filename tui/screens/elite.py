"""One elite, looked at closely: its network, its results, its ancestors, and what it says of images."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.neuron_names import neuron_names
from tui.plain_content import plain_content
from tui.screens.elite_actions import EliteActions
from tui.screens.elite_keys import ELITE_KEYS
from tui.shown_elite import inspect
from tui.widgets.confusion import ConfusionMatrix
from tui.widgets.elite_facts import EliteFacts
from tui.widgets.key_footer import KeyFooter
from tui.widgets.lineage_list import LineageList
from tui.widgets.network_drawing import NetworkDrawing
from tui.widgets.results_table import ResultsTable
from tui.widgets.wrong_images import WrongImages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from tui.image_reports import ImageReport
    from tui.library_evaluation import Measurement
    from tui.lineage import Lineage
    from tui.run_elites import Siblings
    from tui.shown_elite import ShownElite

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-low"), (32, "-high")]
PARTS = ("network", "results", "lineage", "images")
_TITLES = {"network": "Network", "results": "Results", "lineage": "Lineage", "images": "Images"}


class EliteScreen(EliteActions):
    """Shows one elite; what takes long to find out is found out when somebody looks there.

    Args:
        elite: The one to show first.
        siblings: Where `n` and `N` find others; None where there is only this one.
        on_watch: Called with the elite that is to be watched; None where that cannot be.
        on_compare: Called with the elite that is to be shown beside others; None where there are none.
        measured: What elites came to when they were evaluated again, by id; it is added to.
        directory: Where copies are written; by default the working directory.
    """

    CSS_PATH = "elite.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = ELITE_KEYS

    def __init__(
        self,
        elite: ShownElite,
        *,
        siblings: Siblings | None = None,
        on_watch: Callable[[ShownElite], None] | None = None,
        on_compare: Callable[[ShownElite], None] | None = None,
        measured: dict[str, Measurement] | None = None,
        directory: Path | None = None,
    ) -> None:
        super().__init__(elite, siblings=siblings, measured=measured, directory=directory)
        self._on_watch = on_watch
        self._on_compare = on_compare
        self._part = "network"
        self._has_size = False
        self._has_lineage = False
        self._has_images = False
        self._facts = EliteFacts(id="facts")
        self._results = ResultsTable(id="results")
        self._network = NetworkDrawing(id="network")
        self._ancestors = LineageList(id="lineage")
        self._confusion = ConfusionMatrix(id="confusion")
        self._wrong = WrongImages(id="wrong")

    def compose(self) -> ComposeResult:
        """Lay all parts out; the style sheet says which of them are seen."""
        yield Static(id="title")
        yield Static(id="parts")
        with Container(id="body"):
            with Container(id="numbers"):
                yield self._facts
                yield self._results
                yield self._ancestors
            yield self._network
            with Container(id="images") as images:
                images.border_title = "Images"
                images.border_subtitle = "rows: what it is, columns: what it says"
                yield Static(id="images-note")
                with Container(id="images-body"):
                    yield self._confusion
                    yield self._wrong
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the elite."""
        self._network.border_title = "Network"
        self.show_elite(self.elite)

    def on_resize(self, _: Resize) -> None:
        """Find out what there is room for now."""
        self.call_after_refresh(self._look_anew)

    # What is shown

    def show_elite(self, elite: ShownElite) -> None:
        """Show an elite, its network when it is read."""
        self.elite, self.inspected = elite, None
        self._has_lineage = self._has_images = False
        for group in ("lineage", "images"):
            self.workers.cancel_group(self, group)
        self.set_class(self._sees_images, "-has-images")
        self.show_lineage(None, reading=False)
        self._confusion.show(None)
        self._wrong.show(())
        self._say_of_images("4 shows which classes it takes for which, on the test images")
        self.show_results()
        self.set_part(self._part if self._part in self._parts else "network")
        self.query_one("#title", Static).update(_title(elite))
        self._inspect(elite)

    @work(group="inspect", exclusive=True)
    async def _inspect(self, elite: ShownElite) -> None:
        inspected = await to_thread(inspect, elite)
        if self.elite is not elite:
            return
        self.inspected = inspected
        names = neuron_names(elite.task)
        self._network.show(inspected.genome, names.inputs, names.outputs)
        self._network.border_subtitle = plain_content(inspected.problem) if inspected.problem else ""
        self._facts.show(inspected.summary, elite.terms)
        self._facts.show_origin(elite.id, {"operator": elite.operator, "parents": list(elite.parents)})
        born = "" if elite.generation is None else f"  born {formatting.whole(elite.generation)}"
        self._facts.border_title = plain_content(f"{formatting.words(elite.id, 16)}{born}")
        self._look()

    def show_results(self) -> None:
        """Draw what is known of its results, and what is being found out."""
        trials = self.evaluating.get(self.elite.id, 0)
        busy = ""
        if trials:
            on = f"on {formatting.whole(trials)} starts a weight"
            busy = f"evaluating {on if self.elite.terms.kind is FitnessKind.REWARD else 'on test images'} …"
        self._results.show(self.elite, self.measured.get(self.elite.id), busy=busy)

    def show_lineage(self, lineage: Lineage | None, *, reading: bool, problem: str = "") -> None:
        """Draw its line of descent, so far as it is traced."""
        terms = self.elite.terms
        self._ancestors.say_when_empty(problem or ("reading …" if reading else ""))
        self._ancestors.show(lineage, kind=terms.kind, measure=terms.measure, reading=reading)

    def show_images(self, report: ImageReport | None, problem: str = "") -> None:
        """Draw what it says of images; why that is not known, or that it is being found out."""
        names = neuron_names(self.elite.task).outputs
        self._confusion.show(None if report is None else report.confusion, names)
        self._wrong.show(() if report is None else report.wrong, names)
        self._wrong.say_when_empty("it gets none wrong" if report is not None else "")
        if problem:
            self._say_of_images(problem, "$text-error bold")
        elif report is None:
            self._say_of_images(f"{self._way_to_images} …", "$text-warning bold")
        else:
            self._say_of_images(_told(report))

    @property
    def _way_to_images(self) -> str:
        if self.elite.has_learned or self.elite.terms.shares_weights:
            return "showing it the test images"
        return "training it as its run did, then showing it the test images"

    def _say_of_images(self, text: str, style: str = "dim") -> None:
        self.query_one("#images-note", Static).update(plain_content(text, style))

    # Its parts

    @property
    def _sees_images(self) -> bool:
        return self.elite.terms.kind is not FitnessKind.REWARD

    @property
    def _parts(self) -> tuple[str, ...]:
        return PARTS if self._sees_images else PARTS[:-1]

    def set_part(self, part: str) -> None:
        """Turn to a part."""
        self._part = part
        for one in PARTS:
            self.set_class(one == part, f"-{one}")
        scrolled = {"results": self._results, "lineage": self._ancestors, "images": self._wrong}
        self.set_focus(scrolled.get(part))
        named = [(f" {PARTS.index(one) + 1} {_TITLES[one]} ", one == part) for one in self._parts]
        self.query_one("#parts", Static).update(
            Content.assemble(" ", *(Content.styled(text, "reverse" if now else "dim") for text, now in named))
        )
        self.call_after_refresh(self._look)

    def _look_anew(self) -> None:
        self._has_size = True
        self._look()

    def _look(self) -> None:
        """Find out what is seen and not known yet; before there is a size, everything seems to be."""
        if self.inspected is None or not self._has_size or not self.is_attached:
            return
        if not self._has_lineage and self._ancestors.region.area:
            self._has_lineage = True
            self.trace()
        if not self._has_images and self._part == "images":
            self._has_images = True
            self.ask_about_images()

    # What a person asks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what does not apply; grey what cannot be now."""
        if action == "part":
            return parameters[0] in self._parts
        if action == "watch":
            return self._on_watch is not None and not self._sees_images
        if action == "compare":
            return self._on_compare is not None
        if action == "beside":
            return self._siblings is not None
        if action == "again" and not self.elite.parameters:
            return None
        return True

    def action_part(self, part: str) -> None:
        """Turn to a part."""
        self.set_part(part)

    def action_turn(self, step: int) -> None:
        """Turn to the next part, or the one before."""
        parts = self._parts
        self.set_part(parts[(parts.index(self._part) + step) % len(parts)])

    def action_watch(self) -> None:
        """Watch it act."""
        if self._on_watch is not None:
            self._on_watch(self.elite)

    def action_compare(self) -> None:
        """Show it beside others."""
        if self._on_compare is not None:
            self._on_compare(self.elite)

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss()

    def action_quit(self) -> None:
        """Go back to where it was opened."""
        self.dismiss()


def _title(elite: ShownElite) -> Content:
    task = f"{elite.experiment}/{elite.task}" if elite.parameters else ""
    run = "" if elite.run_directory is None else elite.run_directory.name
    return Content.assemble(
        " ",
        plain_content(elite.title, "bold $text-primary", limit=60),
        "  ",
        Content.styled(formatting.words(elite.id, 16)[:8], "bold"),
        "  ",
        plain_content(task),
        "  ",
        plain_content(run, "dim"),
    )


def _told(report: ImageReport) -> str:
    right = f"{100 * report.accuracy:.2f} % of {formatting.whole(report.images)} test images"
    by = "" if report.weight is None else f", weight {formatting.weight(report.weight)}"
    if report.epochs:
        by = f", after {formatting.whole(report.epochs)} epoch{'s' if report.epochs != 1 else ''}"
    return f"{right}{by}; {formatting.whole(report.num_wrong)} wrong, the surest first"
