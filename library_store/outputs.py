"""What networks answer to the same inputs, so that an export can be held against what was exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.genomes.layers import LayerGenome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome

SHARED_WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
"""The weights that a network is tried with whose connections share one."""

TOLERANCE = 1e-9
TOLERANCE_OF_STACKS = 1e-5
"""How far outputs may lie apart, relative to the largest of a sample or to 1, in float64 and in float32.

Those of stacks are nearly always the same too; but matrix products may depend on where in memory they lie.
"""

_NUM_SAMPLES = 32
_SEED = 20_220_613


def sample_inputs(genome: Genome) -> NDArray[np.float64]:
    """Return inputs (32, inputs of the network), normally distributed, the same at every call."""
    num_inputs = genome.num_inputs if isinstance(genome, LayerGenome) else genome.as_graph().num_inputs
    return np.random.default_rng(_SEED).normal(size=(_NUM_SAMPLES, num_inputs))


def weights_to_try(genome: Genome, best_weight: float | None) -> tuple[float, ...]:
    """Return the shared weights for which outputs are to be the same: 1 where a network has its own."""
    if isinstance(genome, LayerGenome) or genome.as_graph().weights is not None:
        return (1.0,)
    return SHARED_WEIGHTS if best_weight is None else (*SHARED_WEIGHTS, best_weight)


def outputs_of(genome: Genome, inputs: NDArray[np.float64], weights: Sequence[float]) -> NDArray[np.float64]:
    """Return the outputs (weights, samples, outputs) of a network of any kind.

    Args:
        genome: A stack of layers, in evaluation, or what is or grows into a graph of neurons.
        inputs: (samples, inputs).
        weights: The shared weights of a graph; a stack has none, so it is computed once for each.
    """
    if not isinstance(genome, LayerGenome):
        from galapagos.networks.lock_step import prepare_forward
        from galapagos.networks.outputs import network_outputs

        prepare_forward(lambda: None)
        return network_outputs(genome.as_graph(), inputs, weights)
    import torch

    from galapagos.networks.layer_network import LayerNetwork

    network = LayerNetwork(genome)
    with torch.no_grad():
        outputs = network(torch.from_numpy(inputs.astype(np.float32)), training=False)
    return np.repeat(outputs.numpy().astype(np.float64)[np.newaxis], len(weights), axis=0)


def difference(expected: NDArray[np.float64], found: NDArray[np.float64], kind: str) -> str | None:
    """Return in a few words how outputs differ by more than rounding, None where they do not.

    Args:
        expected: (weights, samples, outputs).
        found: The same.
        kind: Of the network.
    """
    if expected.shape != found.shape:
        return f"{found.shape[-1]} outputs in place of {expected.shape[-1]}"
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = np.where(np.isfinite(expected), np.abs(expected), 0.0)
        tolerance = TOLERANCE_OF_STACKS if kind == "layers" else TOLERANCE
        allowed = tolerance * np.maximum(1.0, sizes.max(axis=-1, keepdims=True))
        is_same = (found == expected) | (np.isnan(found) & np.isnan(expected))
        is_near = np.abs(found - expected) <= allowed
    count = int((~(is_same | is_near)).sum())
    return f"{count} of {expected.size} outputs differ" if count else None
