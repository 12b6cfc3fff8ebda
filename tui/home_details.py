"""What the home screen says of the highlighted line: parameters that matter, why a run failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import GalapagosError
from galapagos.plain_text import plain
from tui import formatting
from tui.run_terms import terms_of_parameters
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.parameters import Parameters
    from tui.home_choices import HomeChoice

Fact = tuple[str, str]
"""What it is, and its value; a line without the first goes on with the one above."""

LOG_LINES = 4
_TAIL_BYTES = 4096


def details_of(choice: HomeChoice) -> list[Fact]:
    """Return what is known of a choice, the most important first; it reads files, so it belongs in a thread.

    Whatever cannot be read is left out: the screen offers the choice all the same, and opening it says why.
    """
    if choice.entry:
        return []
    if choice.path is None:
        return list(_of_experiment(choice.name))
    return list(_of_run(choice))


def _of_experiment(name: str) -> Iterator[Fact]:
    from galapagos.parameter_files import load_parameters

    try:
        parameters = load_parameters(name)
    except (GalapagosError, OSError):
        return
    yield from parameter_facts(parameters)


def parameter_facts(parameters: Parameters) -> Iterator[Fact]:
    """Yield the parameters that decide what an experiment is and how long it takes."""
    values = parameters.model_dump(mode="json")
    terms = terms_of_parameters(values)
    acts = parameters.experiment == "wann-gym"
    yield ("task", parameters.env_name if acts else f"images of {parameters.dataset}")
    if terms.breeds:
        elites = parameters.reproduction == "elites"
        size = parameters.generation_size if elites else parameters.population_size
        bred = "bred from the elites of every size" if elites else "bred by tournaments"
        yield ("networks", f"{formatting.whole(size)} a generation, {bred}")
        endless = parameters.num_generations == "infinity"
        yield ("generations", "endless, until you stop it" if endless else as_text(values["num_generations"]))
        yield ("levels", f"{parameters.complexity_levels}, by {terms.measure}")
    if terms.shares_weights:
        weights = f"one for all connections: {as_text(values['weight_values'])}"
        yield ("weights", weights)
    else:
        rule = f" by {terms.learning_rule}" if terms.learning_rule else ""
        yield ("learning", f"{parameters.optimizer}{rule}, rate {parameters.lr:g}, {_epochs(parameters)}")
    if acts:
        yield ("trials", f"{parameters.num_trials} episodes with each weight")


def _epochs(parameters: Parameters) -> str:
    return f"{parameters.num_epochs} epoch{'' if parameters.num_epochs == 1 else 's'}"


def _of_run(choice: HomeChoice) -> Iterator[Fact]:
    from galapagos.engine.branches import branch_of
    from galapagos.engine.records.run_state import FAILED, RunDirectory
    from galapagos.parameter_files import load_parameters

    if choice.path is None:
        return
    run = RunDirectory(choice.path)
    if run.condition() == FAILED:
        yield from _failure(run)
    if (branch := branch_of(run)) is not None:
        source = plain(branch.source.rpartition("/")[2], 60)
        yield (branch.kind, f"of {source}, generation {formatting.whole(branch.generation)}")
    try:
        yield from parameter_facts(load_parameters(run.parameters_file))
    except (GalapagosError, OSError):
        return


def _failure(run: RunDirectory) -> Iterator[Fact]:
    """Yield why a run failed, where the log of its engine is, and what was written there last."""
    record = run.engine_file()
    if record is not None and record.message:
        yield ("failed", plain(record.message))
    # Where its log is comes first: on a small terminal there may be no room for the lines.
    yield ("its log", plain(str(run.log_file), 400))
    for number, line in enumerate(_last_lines(run)):
        yield ("ends with" if number == 0 else "", line)


def _last_lines(run: RunDirectory) -> list[str]:
    try:
        with run.log_file.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [shown for shown in map(plain, lines) if shown][-LOG_LINES:]
