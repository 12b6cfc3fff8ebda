"""What is done with the elite on show: scored again, traced, asked about images, copied; never in the way."""

from __future__ import annotations

import time
from asyncio import to_thread
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work
from textual.screen import Screen

from galapagos.errors import GalapagosError
from galapagos.fitness import FitnessKind
from galapagos.plain_text import plain
from tui import formatting
from tui.elite_copy import MOST_CLIPBOARD_BYTES, write_json
from tui.elite_reports import evaluate_elite, report_images
from tui.lineage import Lineage, Tracer
from tui.plain_content import plain_content
from tui.screens.library_prompts import LinePrompt

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from tui.dashboard import Dashboard
    from tui.image_reports import ImageReport
    from tui.library_evaluation import Measurement
    from tui.run_elites import Siblings
    from tui.shown_elite import Inspected, ShownElite

USUAL_TRIALS = 100
MOST_TRIALS = 1_000_000
SECONDS_BETWEEN_DRAWINGS = 0.2
"""A long line of descent is drawn so often while it is read."""


class EliteActions(Screen[None]):
    """The part of the elite screen that asks others: processes, files, the run.

    Args:
        elite: The one to show first.
        siblings: Where the next one comes from; None where there is only this one.
        measured: What elites came to when they were evaluated again, by id; it is added to.
        directory: Where copies are written; by default the working directory.

    Attributes:
        elite: The one on show.
        inspected: What was read out of it; None while that is not done.
        measured: What elites came to when they were evaluated again here, by id.
        evaluating: How many trials are going on, by id.
    """

    app: Dashboard

    def __init__(
        self,
        elite: ShownElite,
        *,
        siblings: Siblings | None = None,
        measured: dict[str, Measurement] | None = None,
        directory: Path | None = None,
    ) -> None:
        super().__init__()
        self.elite = elite
        self.inspected: Inspected | None = None
        self.measured = {} if measured is None else measured
        self.evaluating: dict[str, int] = {}
        self._siblings = siblings
        self._directory = directory

    def show_elite(self, elite: ShownElite) -> None:
        """Show another elite."""
        raise NotImplementedError

    def show_results(self) -> None:
        """Draw what is known of its results."""
        raise NotImplementedError

    def show_lineage(self, lineage: Lineage | None, *, reading: bool, problem: str = "") -> None:
        """Draw its line of descent, so far as it is traced."""
        raise NotImplementedError

    def show_images(self, report: ImageReport | None, problem: str = "") -> None:
        """Draw what it says of images, or why that is not known."""
        raise NotImplementedError

    # Evaluating it again

    def action_again(self) -> None:
        """Evaluate it on more starts, or on the test images."""
        elite = self.elite
        if elite.id in self.evaluating:
            self.app.tell("it is being evaluated already")
        else:
            self._ask(self._evaluate_again(elite), "evaluate")

    async def _evaluate_again(self, elite: ShownElite) -> str:
        trials = 1
        if elite.terms.kind is FitnessKind.REWARD:
            prompt = LinePrompt(
                "Evaluate again, starts a weight",
                str(USUAL_TRIALS),
                hint="other starts than those of the archive, in a process that gives way to runs",
                check=_trials_problem,
            )
            text = await self.app.push_screen_wait(prompt)
            if text is None:
                return ""
            trials = int(text)
        self.evaluating[elite.id] = trials
        self.show_results()
        try:
            measured = await evaluate_elite(elite, trials)
        finally:
            del self.evaluating[elite.id]
            if self.is_attached:
                self.show_results()
        self.measured[elite.id] = measured
        self.show_results()
        kind = elite.terms.kind
        spread = formatting.deviation(measured.deviation, kind) if elite.terms.shares_weights else ""
        over = f"over {formatting.whole(trials)} starts a weight"
        if kind is not FitnessKind.REWARD:
            over = "on the test images"
        told = f"{kind} {formatting.fitness(measured.fitness, kind)} {spread}".strip()
        archive = "; the run's archive keeps its own score" if elite.run_directory is not None else ""
        return f"{plain(elite.title, 40)}: {told} {over}{archive}"

    # Its line of descent

    def trace(self) -> None:
        """Read its ancestors from the files of its run, part by part."""
        self._trace(self.elite)

    @work(group="lineage", exclusive=True)
    async def _trace(self, elite: ShownElite) -> None:
        if elite.run_directory is None:
            self.show_lineage(None, reading=False, problem="the run that it comes from is not here")
            return
        tracer = Tracer(elite.id, parents=elite.parents, operator=elite.operator, generation=elite.generation)
        self.show_lineage(None, reading=True)
        drawn = time.monotonic()
        parts = await to_thread(_parts_of, elite.run_directory)
        try:
            while await to_thread(_take_next, tracer, parts):
                if time.monotonic() - drawn > SECONDS_BETWEEN_DRAWINGS:
                    self.show_lineage(tracer.lineage, reading=True)
                    drawn = time.monotonic()
        finally:
            # Who goes on or leaves does not wait for the thread that reads a file just now; it is the last to
            # know of the parts then, and they end with it.
            with suppress(ValueError):
                parts.close()
        lineage = tracer.lineage
        problem = lineage.problems[0] if lineage.problems else "no file of its run tells of it yet"
        self.show_lineage(lineage if lineage.ancestors else None, reading=False, problem=problem)

    # What it says of images

    def ask_about_images(self) -> None:
        """Compute what it says of the test images."""
        self._ask_about_images(self.elite)

    @work(group="images", exclusive=True)
    async def _ask_about_images(self, elite: ShownElite) -> None:
        inspected = self.inspected
        if inspected is None:
            return
        self.show_images(None)
        weight = inspected.summary.best_weight if elite.terms.shares_weights else None
        try:
            report = await report_images(elite, weight=weight)
        except (GalapagosError, OSError) as error:
            self.show_images(None, plain(str(error)))
        else:
            self.show_images(report)

    # Copying it, and going on to another

    def action_copy(self) -> None:
        """Write it to a file and to the clipboard."""
        self._ask(self._copy(self.elite), "copy")

    async def _copy(self, elite: ShownElite) -> str:
        directory = Path.cwd() if self._directory is None else self._directory
        path, content = await to_thread(write_json, elite, directory)
        told = f"written to {path.name} in {directory}"
        if len(content) > MOST_CLIPBOARD_BYTES:
            return f"{told}; it is too long for the clipboard of a terminal"
        self.app.copy_to_clipboard(content.decode())
        return f"{told}, and sent to the clipboard, which some terminals and tmux ignore without a word"

    def action_beside(self, step: int) -> None:
        """Go on to the elite that many levels further."""
        self._go_beside(step)

    @work(group="beside", exclusive=True)
    async def _go_beside(self, step: int) -> None:
        if self._siblings is None:
            return
        try:
            elite = await self._siblings.beside(self.elite.id, step)
        except (GalapagosError, OSError) as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            return
        if elite is None:
            self.app.tell("there is no other elite")
        else:
            self.show_elite(elite)

    def _ask(self, request: Coroutine[object, object, str], group: str) -> None:
        self.run_worker(self.app.tell_answer(request), group=group)


def _parts_of(run_directory: Path) -> Any:  # noqa: ANN401 - a generator, which can be closed
    return import_module("galapagos.engine.records.individuals").read_newest_first(
        run_directory / "individuals"
    )


def _take_next(tracer: Tracer, parts: Iterator[Any]) -> bool:
    """Read the next file, and return whether another could tell more."""
    part = next(parts, None)
    if part is None:
        return False
    if isinstance(part, GalapagosError):
        tracer.fail(plain(str(part)))
    else:
        tracer.take(part)
    return not tracer.is_done


def _trials_problem(text: str) -> str:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_TRIALS:
        return ""
    return f"it takes a whole number from 1 to {formatting.whole(MOST_TRIALS)}"
