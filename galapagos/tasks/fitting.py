"""Which genomes a task takes, and the evaluation of those that it takes, the others being failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome
from galapagos.evaluation import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from galapagos.evaluation import Outcome, Sized
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome
    from galapagos.genomes.layers import LayerGenome


def size_misfit(network: GraphGenome | LayerGenome, task: Sized) -> str | None:
    """Return in one line that a network has other inputs and outputs than a task, None where it has those."""
    if (network.num_inputs, network.num_outputs) == (task.num_inputs, task.num_outputs):
        return None
    return (
        f"the network has {network.num_inputs} inputs and {network.num_outputs} outputs; "
        f"{task.name} needs {task.num_inputs} and {task.num_outputs}"
    )


def graph_misfit(genome: Genome, task: Sized) -> str | None:
    """Return in one line why a genome is no graph with the inputs and outputs of a task, else None."""
    try:
        graph = genome.as_graph()
    except InvalidGenome:
        return f"{task.name} is played by graphs of neurons here, this is another kind of network"
    return size_misfit(graph, task)


def outcomes_of_graphs(
    genomes: Sequence[Genome],
    misfit: Callable[[Genome], str | None],
    evaluate: Callable[[list[GraphGenome]], Iterable[Outcome]],
) -> list[Outcome]:
    """Return the outcome of each genome, in their order.

    Args:
        genomes: Of any kind; those that do not fit have failed.
        misfit: Says why a genome does not fit; None where it does, and then it grows into a graph.
        evaluate: Returns an outcome for each of at least one graph: all those that fit, in one company.
    """
    problems = [misfit(genome) for genome in genomes]
    graphs = [genome.as_graph() for genome, problem in zip(genomes, problems, strict=True) if problem is None]
    found = iter(evaluate(graphs) if graphs else ())
    return [next(found) if problem is None else Failed("error", problem) for problem in problems]
