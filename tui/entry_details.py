"""What is shown of a saved elite beyond its row, read in a thread: the network, and what it was bred with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.errors import GalapagosError
from galapagos.plain_text import plain
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.genomes.genome import Genome
    from library_store.entry import Entry

MOST_INJECTIONS = 5
"""The latest ones are shown, so that no more journals than these are read."""


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """What is read of an entry when somebody looks at it.

    Args:
        genome: The network; None where it cannot be read.
        problem: Why it cannot, in one line, or empty.
        parameters: (name, value) of those of its run that are not what they are by default.
        injections: A line for each of the latest injections, the latest first.
    """

    genome: Genome | None = None
    problem: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    injections: tuple[str, ...] = ()


def details_of(entry: Entry) -> EntryDetails:
    """Return what there is to read of an entry; it blocks, and reads files."""
    from library_store.injections import outcome_text

    genome, problem = None, ""
    try:
        genome = entry.genome
    except GalapagosError as error:
        problem = plain(str(error))
    return EntryDetails(
        genome,
        problem,
        parameters_that_matter(entry.parameters),
        tuple(outcome_text(one, entry) for one in entry.injections[: -MOST_INJECTIONS - 1 : -1]),
    )


def parameters_that_matter(parameters: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return (name, value) of the parameters that a run read and that are not their defaults.

    A name that this version does not know is shown, since nobody else would tell of it; so is everything
    where it does not know the experiment.

    Args:
        parameters: As JSON, from a file: anything may stand there.
    """
    from galapagos.parameters import Parameters, is_read

    experiment, is_known = parameters.get("experiment"), True
    try:
        usual = Parameters.model_validate({} if experiment is None else {"experiment": experiment})
    except ValueError:
        usual, is_known = Parameters(), False
    defaults = usual.model_dump(mode="json")
    values = {name: parameters.get(name, defaults[name]) for name in defaults}
    acting = Parameters.model_construct(**{**values, "experiment": usual.experiment})
    told = []
    for name, value in parameters.items():
        if name == "experiment" or (name in defaults and value == defaults[name]):
            continue
        if name not in defaults or not is_known or is_read(name, acting):
            told.append((plain(name, limit=40), plain(as_text(value))))
    return tuple(told)
