"""A run of three generations as its files, without an engine."""

from typing import Any

import numpy as np

from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.engine.records.journal import Journal
from galapagos.engine.records.run_directory import RunDirectory, create_run
from galapagos.parameters import Parameters
from tests.engine.populations import lineage, random_outcomes

PARAMETERS = Parameters.model_validate({"seed": 5})


def line(generation: int, **more: Any) -> dict[str, Any]:
    """A journal line; without a champion in generation 0."""
    return {
        "type": "generation",
        "generation": generation,
        "best_fitness": generation / 3,
        "champion_fitness": None if generation == 0 else 1.5,
        "champion_id": None if generation == 0 else "0123456789abcdef",
        "best_complexity": 10 + generation,
        "evaluations": 96,
    } | more


def write_small_run() -> RunDirectory:
    """Make a run in the home of the moment, with a change, a test and an injection."""
    run = create_run(PARAMETERS, "wann-gym/CartPoleSwingUp")
    journal = Journal(run.journal_file)
    writer = IndividualsWriter(run.individuals_directory)
    for generation, population in enumerate(lineage(0, 3, 10)):
        if generation == 2:
            journal.append({"type": "parameters", "generation": 2, "changes": {"complexity_levels": [2, 4]}})
        journal.append(line(generation))
        writer.add(generation, population, random_outcomes(np.random.default_rng(generation), 10), PARAMETERS)
    journal.append({"type": "test", "generation": 2, "fitness": 7.0})
    journal.append({"type": "inject", "generation": 3, "parent": None})
    journal.close()
    writer.flush()
    return run
