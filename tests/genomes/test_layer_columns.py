"""Many stacks of layers as columns, bit for bit."""

import numpy as np
import pytest

from galapagos.genomes.layer_columns import pack_stacks, unpack_stacks
from galapagos.genomes.layers import LayerGenome
from tests.engine.populations import random_stack


def test_stacks_come_back() -> None:
    rng = np.random.default_rng(0)
    stacks = [random_stack(rng, learned=bool(number % 2)) for number in range(12)]
    for one, other in zip(stacks, unpack_stacks(pack_stacks(stacks)), strict=True):
        assert other == one
        for mine, theirs in zip(one.inherited(), other.inherited(), strict=True):
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                assert (mine.dtype, mine.tobytes()) == (theirs.dtype, theirs.tobytes())
                assert not theirs.flags.writeable


def test_a_layer_that_inherits_beside_one_that_does_not_comes_back() -> None:
    stack = random_stack(np.random.default_rng(1), learned=True)
    half = LayerGenome(5, 2, stack.layers, stack.seed, stack.epochs, None)
    assert unpack_stacks(pack_stacks([half])) == [half]


@pytest.mark.parametrize("name", ["stack_weights", "stack_weights_lengths", "stack_epochs"])
def test_columns_that_do_not_fit_are_refused(name: str) -> None:
    rng = np.random.default_rng(0)
    columns = pack_stacks([random_stack(rng, learned=True) for _ in range(3)])
    with pytest.raises(ValueError, match=r"fit|shorter"):
        unpack_stacks(columns | {name: columns[name][:-1]})
