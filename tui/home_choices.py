"""What the home screen offers: runs to attach to, experiments to start, runs to go on with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from galapagos.fitness import fitness_kind
from tui import formatting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from galapagos.engine.records.run_directory import RunInfo
    from galapagos.parameter_files import Preset
    from library_store.entry import Entry

RUNNING, START = "Running", "Start an experiment"
CONTINUE, FAILED = "Go on with a run", "Failed"
LIBRARY = "Saved elites"
FIRST = "wann-gym/CartPoleSwingUp"
"""The experiment to begin with: it takes a moment a generation, and is what most is written about."""
KINDS = {
    "wann-gym": "weight-agnostic networks that act",
    "wann-classification": "weight-agnostic networks that tell images apart",
    "wlnn": "evolved networks that learn images",
    "learning": "one network that learns, without evolution",
    "layers": "stacks of layers that learn images",
}
"""What is evolved or trained in each kind of experiment, in the order of the screen."""
_OTHERS = "others"
_MOST_RUNS = 200
_MOST_SAVED = 5


@dataclass(frozen=True, slots=True)
class HomeChoice:
    """One line of the home screen.

    Args:
        section: `RUNNING`, `START`, `CONTINUE`, `FAILED` or `LIBRARY`.
        name: Of the run, preset or saved elite.
        facts: What is known of it, in a few words.
        help: What it is and what enter does, in a sentence.
        path: The run's directory; None where it is no run.
        kind: Of a preset: what its kind of experiment is about.
        entry: The id of a saved elite; empty where it is none.
    """

    section: str
    name: str
    facts: str
    help: str
    path: Path | None = None
    kind: str = ""
    entry: str = ""

    @property
    def group(self) -> tuple[str, str]:
        """What stands above the lines of its sort: the section and the kind."""
        return self.section, self.kind

    def holds(self, words: list[str]) -> bool:
        """Return whether every word, in lower case, is somewhere in what is said of it."""
        said = f"{self.section} {self.kind} {self.name} {self.facts} {self.help}".lower()
        return all(word in said for word in words)


def home_choices() -> list[HomeChoice]:
    """Return everything that can be chosen, the newest runs first; reads directories."""
    from galapagos.engine.records.run_directory import list_runs
    from galapagos.parameter_files import presets

    runs = sorted(list_runs(), key=lambda run: run.started, reverse=True)[:_MOST_RUNS]
    choices = [_of_run(run) for run in runs if run.state == "alive"]
    choices += sorted(map(_of_preset, presets()), key=_place)
    others = [_of_run(run) for run in runs if run.state != "alive"]
    return choices + sorted(others, key=lambda choice: choice.section == FAILED)


def saved_choices(entries: Sequence[Entry], now: float) -> list[HomeChoice]:
    """Return the elites that were saved last.

    Args:
        entries: Of the library, those that were saved last first.
        now: Seconds since 1970.
    """
    return [_of_entry(entry, now) for entry in entries[:_MOST_SAVED]]


def open_choice(
    choice: HomeChoice, *, look: bool = False, overrides: Mapping[str, Any] = MappingProxyType({})
) -> Path:
    """Return the directory of what was chosen, with an engine started where that is asked for; it blocks.

    Args:
        choice: What was chosen.
        look: Whether a run is only looked at.
        overrides: Values that a preset starts with instead of its own.

    Raises:
        GalapagosError: Where it cannot be started.
    """
    from galapagos.engine.launch import launch

    if choice.path is None:
        from galapagos.engine.records.run_directory import create_run
        from galapagos.parameter_files import load_parameters
        from galapagos.tasks.catalogue import check_task

        parameters = load_parameters(choice.name, **overrides)
        check_task(parameters)
        directory = create_run(parameters, choice.name)
        launch(directory.path)
        return directory.path
    if choice.section in (CONTINUE, FAILED) and not look:
        launch(choice.path)
    return choice.path


def _of_preset(preset: Preset) -> HomeChoice:
    told = [text.removesuffix(".") for text in (preset.description, preset.pace) if text]
    sentences = [f"{text[0].upper()}{text[1:]}." for text in told]
    return HomeChoice(
        START,
        preset.name,
        " · ".join(told),
        " ".join([*sentences, "Enter starts it."]),
        kind=KINDS.get(_experiment(preset), _OTHERS),
    )


def _place(choice: HomeChoice) -> tuple[int, bool]:
    """Return what presets are sorted by: their kind, and those of its own folder first."""
    return [*KINDS.values(), _OTHERS].index(choice.kind), choice.name.partition("/")[0] not in KINDS


def _experiment(preset: Preset) -> str:
    """Return the kind of a preset: by its folder, or else as its file says; empty where neither does."""
    from galapagos.errors import InvalidParameters
    from galapagos.parameter_files import KINDS as KINDS_OF_FOLDERS
    from galapagos.parameter_files import load_parameters

    folder = preset.name.partition("/")[0]
    if folder in KINDS_OF_FOLDERS:
        return KINDS_OF_FOLDERS[folder]
    try:
        return load_parameters(preset.path).experiment
    except InvalidParameters:
        return ""


def _of_entry(entry: Entry, now: float) -> HomeChoice:
    saved = f"saved {formatting.ago(now - entry.saved)} ago"
    size = f"{formatting.whole(entry.complexity)} {entry.measure}"
    facts = [entry.task, formatting.fitness(entry.fitness, fitness_kind(entry.experiment)), size, saved]
    origin = f"It comes from {entry.run}. " if entry.run else ""
    return HomeChoice(
        LIBRARY,
        entry.name,
        " · ".join(filter(None, facts)),
        f"An elite that was {saved}. {origin}Enter shows it in the library.",
        entry=entry.id,
    )


def _of_run(run: RunInfo) -> HomeChoice:
    facts = []
    if run.state not in ("alive", "stopped"):
        facts.append(run.state)
    if run.step_text:
        facts.append(run.step_text)
    if run.best is not None:
        facts.append(f"best {run.best_text}")
    # Last, because the name of a run has most of it.
    facts += [run.title] if run.title not in run.name else []
    started = time.strftime("%d %B %Y, %H:%M", time.localtime(run.started))
    section, enter = CONTINUE, "Enter starts its engine again from the last checkpoint; o only looks."
    if run.state == "alive":
        section, enter = RUNNING, "Enter attaches to it."
    elif run.state == "failed":
        section, enter = FAILED, "Enter tries again from the last checkpoint; o only looks."
    elif run.state == "finished":
        enter = (
            "It is finished: o shows it, and enter starts its engine again, to go on with more generations."
        )
    # Why it failed is told with the end of its log.
    why = f"{run.message}. " if run.message and section != FAILED else ""
    return HomeChoice(section, run.name, " · ".join(facts), f"Began {started}. {why}{enter}", run.path)
