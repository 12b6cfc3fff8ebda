"""Many genomes as columns: every kind, bit for bit, one kind at a time."""

from dataclasses import replace

import numpy as np
import pytest

from galapagos.engine.genome_columns import pack_genomes, unpack_genomes
from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import LayerGenome
from galapagos.genomes.learning_networks import with_weights
from tests.engine.checkpoints import assert_bits_equal
from tests.engine.populations import random_genome, random_stack


@pytest.mark.parametrize("connections", [1, 20, 1_000, 10_000])
def test_graphs_of_any_size_come_back(connections: int) -> None:
    rng = np.random.default_rng(connections)
    genomes = [random_genome(rng, connections, learned=learned) for learned in (True, False, True)]
    genomes += [with_weights(genomes[1], rng), replace(genomes[0], feedback=None, epochs=2**53)]
    for one, other in zip(genomes, unpack_genomes(pack_genomes(genomes)), strict=True):
        assert isinstance(other, GraphGenome)
        assert_bits_equal(one, other)


def test_stacks_of_layers_come_back() -> None:
    rng = np.random.default_rng(0)
    genomes = [random_stack(rng, learned=bool(number % 2)) for number in range(12)]
    for one, other in zip(genomes, unpack_genomes(pack_genomes(genomes)), strict=True):
        assert isinstance(other, LayerGenome)
        assert other == one
        for mine, theirs in zip(one.inherited(), other.inherited(), strict=True):
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                assert (mine.dtype, mine.tobytes()) == (theirs.dtype, theirs.tobytes())
                assert not theirs.flags.writeable


def test_a_layer_that_inherits_beside_one_that_does_not_comes_back() -> None:
    rng = np.random.default_rng(1)
    stack = random_stack(rng, learned=True)
    half = LayerGenome(5, 2, stack.layers, stack.seed, stack.epochs, None)
    (again,) = unpack_genomes(pack_genomes([half]))
    assert again == half


def test_no_genomes_have_columns_too() -> None:
    assert list(unpack_genomes(pack_genomes([]))) == []


def test_columns_hold_no_objects() -> None:
    rng = np.random.default_rng(0)
    for genomes in ([random_genome(rng, learned=True)], [random_stack(rng, learned=True)]):
        assert all(column.dtype.kind in "iuf" for column in pack_genomes(genomes).values())


def test_two_kinds_together_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidGenome, match="one kind"):
        pack_genomes([random_genome(rng), random_stack(rng)])


@pytest.mark.parametrize("name", ["activations", "sources", "targets", "weights", "feedback"])
def test_columns_of_graphs_that_do_not_fit_are_refused(name: str) -> None:
    rng = np.random.default_rng(0)
    columns = pack_genomes([random_genome(rng, learned=True) for _ in range(9)])
    with pytest.raises(ValueError, match="do not fit"):
        unpack_genomes(columns | {name: columns[name][:-1]})


@pytest.mark.parametrize("name", ["stack_weights", "stack_weights_lengths", "stack_epochs"])
def test_columns_of_stacks_that_do_not_fit_are_refused(name: str) -> None:
    rng = np.random.default_rng(0)
    columns = pack_genomes([random_stack(rng, learned=True) for _ in range(3)])
    with pytest.raises(ValueError, match=r"fit|shorter"):
        unpack_genomes(columns | {name: columns[name][:-1]})
