"""Genomes come back bit for bit from a skeleton and arrays."""

import numpy as np
import pytest

from galapagos.errors import InvalidGenome
from galapagos.evolution.archive import Elite
from library_store.tensors import put_back, take_out
from tests.library_store.elites import every_kind, learned_elite, stack_elite


@pytest.mark.parametrize("elite", every_kind())
def test_skeleton_and_arrays_together_are_the_genome(elite: Elite) -> None:
    genome = elite.genome.to_json()
    skeleton, tensors = take_out(genome)
    assert put_back(skeleton, tensors) == genome


def test_the_skeleton_of_a_learned_network_has_no_weight_in_it() -> None:
    skeleton, tensors = take_out(learned_elite().individual.genome.to_json())
    assert skeleton["weights"] == {"tensor": "weights"}
    assert tensors["weights"].dtype == np.float64


def test_each_array_of_a_stack_has_the_name_of_its_layer() -> None:
    _, tensors = take_out(stack_elite().genome.to_json())
    assert list(tensors) == ["layers.0.weights", "layers.1.weights", "output_weights"]
    assert tensors["layers.0.weights"].shape == (4 * 5 + 5,)


def test_an_array_that_is_missing_or_of_another_kind_is_told_by_name() -> None:
    skeleton, tensors = take_out(learned_elite().individual.genome.to_json())
    with pytest.raises(InvalidGenome, match="weights of a saved network is missing"):
        put_back(skeleton, {})
    wrong = {name: array.astype(np.float32) for name, array in tensors.items()}
    with pytest.raises(InvalidGenome, match="float32"):
        put_back(skeleton, wrong)
