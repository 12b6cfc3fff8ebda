"""The genomes that a run begins with, or takes in, whatever the experiment evolves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.graph_mutation import initial_genome
from galapagos.genomes.learning_networks import evolving_founder, lone_founder, with_weights

if TYPE_CHECKING:
    import numpy as np

    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters


def founder(
    num_inputs: int, num_outputs: int, rng: np.random.Generator, parameters: Parameters, index: int
) -> Genome:
    """Return an initial genome of the kind that `experiment` evolves.

    Args:
        num_inputs: Inputs of the task, without the bias.
        num_outputs: Outputs of the task.
        rng: Where all random numbers come from.
        parameters: Those of the run.
        index: The place among the initial genomes of a generation, from 0; stacks of layers begin with their
            seed.

    Raises:
        InvalidGenome: Where the task has more inputs and outputs than a genome can connect.
    """
    match parameters.experiment:
        case "wlnn":
            return evolving_founder(num_inputs, num_outputs, rng, parameters)
        case "learning":
            return lone_founder(num_inputs, num_outputs, rng, parameters)
        case "layers":
            from galapagos.genomes.layer_mutation import initial_layer_genome

            return initial_layer_genome(num_inputs, num_outputs, rng, parameters, index)
        case "wann-gym" | "wann-classification":
            return initial_genome(num_inputs, num_outputs, rng, parameters)


def adopted(genome: Genome, rng: np.random.Generator, parameters: Parameters) -> Genome:
    """Return a genome from elsewhere as this experiment evolves it; one that is of its kind stays what it is.

    A graph gets weights where networks learn their own, and loses them where all connections share one.
    """
    if not isinstance(genome, GraphGenome):
        return genome
    if parameters.experiment == "wlnn":
        return with_weights(genome, rng)
    return genome if genome.weights is None else replace(genome, weights=None, feedback=None, epochs=0)
