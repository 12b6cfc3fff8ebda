"""Edge lists: each connection once in each direction, in topological order, groups filled up with zeros."""

from hypothesis import given

from galapagos.learning.edge_lists import FIRST_ROW, GROUP, ZERO_ROW, trainable_networks
from galapagos.learning.training import trained_connections
from tests.learning.learners import NUM_INPUTS, NUM_OUTPUTS, learner, random_learner
from tests.strategies import seeds


@given(seeds())
def test_each_trained_connection_stands_once_and_what_fills_up_reads_zeros(seed: int) -> None:
    genomes = [random_learner(seed, share=0.3), random_learner(seed + 1, hidden=3)]
    networks = trainable_networks(genomes)
    lists = networks.lists
    places = [place for own in networks.places for place in own.tolist()]
    assert len(set(places)) == len(places)
    assert {place for place, row in enumerate(lists.sources.tolist()) if row != ZERO_ROW} == set(places)
    assert (lists.first_edge % GROUP == 0).all()
    assert lists.first_edge[-1] == len(lists.sources)
    for genome, connections in zip(genomes, networks.connections, strict=True):
        assert connections.tolist() == trained_connections(genome).nonzero()[0].tolist()


@given(seeds())
def test_neurons_read_only_what_stands_before_them_and_outputs_stand_last(seed: int) -> None:
    networks = trainable_networks([random_learner(seed)])
    lists = networks.lists
    count = int(lists.first_neuron[-1])
    assert networks.most_neurons == count
    for neuron in range(count):
        last_row = FIRST_ROW + NUM_INPUTS + min(neuron, count - NUM_OUTPUTS) - 1
        rows = lists.sources[lists.first_edge[neuron] : lists.first_edge[neuron + 1]]
        assert (rows <= last_row).all()


@given(seeds())
def test_backward_lists_hold_the_connections_from_hidden_neurons(seed: int) -> None:
    lists = trainable_networks([random_learner(seed), random_learner(seed + 1)]).lists
    forward, backward = set(), set()
    for network in range(2):
        first, last = lists.first_neuron[network : network + 2].tolist()
        for neuron in range(first, last):
            for edge in range(lists.first_edge[neuron], lists.first_edge[neuron + 1]):
                source = int(lists.sources[edge]) - FIRST_ROW - NUM_INPUTS
                if source >= 0:
                    forward.add((first + source, neuron, edge))
            for back in range(lists.first_back[neuron], lists.first_back[neuron + 1]):
                row = int(lists.targets[back])
                if row != ZERO_ROW:
                    backward.add((neuron, first + row - FIRST_ROW, int(lists.back_edges[back])))
                else:  # its weight is one of the same network
                    edge = int(lists.back_edges[back])
                    assert lists.first_edge[first] <= edge < lists.first_edge[last]
    assert forward == backward


def test_a_network_without_connections_has_its_outputs_only() -> None:
    networks = trainable_networks([learner([])])
    assert networks.lists.first_neuron.tolist() == [0, NUM_OUTPUTS]
    assert networks.lists.first_edge.tolist() == [0] * (NUM_OUTPUTS + 1)
