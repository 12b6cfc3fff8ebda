"""The first genome of every kind of experiment."""

from typing import get_args

import pytest

from galapagos.genomes.founders import founder
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.graph_mutation import initial_genome
from galapagos.genomes.layer_mutation import initial_layer_genome
from galapagos.genomes.learning_networks import evolving_founder, lone_founder
from galapagos.parameter_declarations import Experiment
from galapagos.parameters import Parameters
from tests.genomes.test_graph_mutation import rng_of

GRAPHS = {
    "wann-gym": initial_genome,
    "wann-classification": initial_genome,
    "wlnn": evolving_founder,
    "learning": lone_founder,
}


@pytest.mark.parametrize("experiment", GRAPHS)
def test_a_founder_is_that_of_its_experiment_with_the_same_random_numbers(experiment: str) -> None:
    parameters = Parameters.model_validate({"experiment": experiment, "p_initial_connection_enabled": 0.5})
    one, other = rng_of(1), rng_of(1)
    for index in range(3):
        genome = founder(5, 3, one, parameters, index)
        assert genome == GRAPHS[experiment](5, 3, other, parameters)
        assert isinstance(genome, GraphGenome)
        assert (genome.weights is not None) == (experiment in ("wlnn", "learning"))


def test_stacks_of_layers_begin_by_their_place() -> None:
    parameters = Parameters(experiment="layers")
    one, other = rng_of(1), rng_of(1)
    for index in range(4):
        genome = founder(5, 3, one, parameters, index)
        assert genome == initial_layer_genome(5, 3, other, parameters, index)
        assert genome.kind == "layers"


def test_every_experiment_has_a_founder() -> None:
    for experiment in get_args(Experiment):
        parameters = Parameters.model_validate({"experiment": experiment})
        assert founder(5, 3, rng_of(0), parameters, 0).complexity("connections") >= 0
