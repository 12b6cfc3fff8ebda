"""Which genomes a task takes, and what becomes of the others among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.evaluation import Evaluation, Failed, Outcome
from galapagos.tasks.fitting import graph_misfit, outcomes_of_graphs
from tests.engine.populations import random_genome, random_stack
from tests.genomes.test_graph_mutation import rng_of

if TYPE_CHECKING:
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome

GRAPHS = [random_genome(rng_of(seed), 20) for seed in range(3)]
STACK = random_stack(rng_of(0))


class Wanted:
    """What takes graphs of the size of `GRAPHS`."""

    name = "here"
    num_inputs = GRAPHS[0].num_inputs
    num_outputs = GRAPHS[0].num_outputs


class Larger(Wanted):
    """What takes graphs with one more input."""

    num_inputs = GRAPHS[0].num_inputs + 1


def evaluated(genomes: list[Genome]) -> tuple[list[Outcome], list[list[GraphGenome]]]:
    """Return the outcomes of genomes, whose fitness is their place among those that fit, and the calls."""
    calls: list[list[GraphGenome]] = []

    def evaluate(graphs: list[GraphGenome]) -> list[Evaluation]:
        calls.append(graphs)
        return [Evaluation(float(place), {}, (), 1, 0.0, 1) for place in range(len(graphs))]

    return outcomes_of_graphs(genomes, lambda genome: graph_misfit(genome, Wanted()), evaluate), calls


def test_a_graph_of_the_right_size_fits() -> None:
    assert graph_misfit(GRAPHS[0], Wanted()) is None


@pytest.mark.parametrize(
    ("genome", "task", "words"),
    [
        (STACK, Wanted(), "here is played by graphs"),
        (GRAPHS[0], Larger(), f"here needs {Larger.num_inputs} and"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(genome: Genome, task: Wanted, words: str) -> None:
    problem = graph_misfit(genome, task)
    assert problem is not None
    assert words in problem
    assert problem.isprintable()


def test_those_that_fit_are_evaluated_together_and_keep_their_places() -> None:
    outcomes, calls = evaluated([GRAPHS[0], STACK, GRAPHS[1], GRAPHS[2]])
    assert calls == [GRAPHS]
    assert [one.fitness if isinstance(one, Evaluation) else one.kind for one in outcomes] == [
        0,
        "error",
        1,
        2,
    ]


def test_where_none_fits_nothing_is_evaluated() -> None:
    outcomes, calls = evaluated([STACK])
    assert calls == []
    assert [type(one) for one in outcomes] == [Failed]
