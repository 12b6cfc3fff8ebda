"""A saved elite for PyTorch: its tensors (`NAME.pt`), and a small loader without Galápagos (`NAME.py`).

The loader is `torch_loader.py`, as it stands there.
"""

from __future__ import annotations

import io
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.genomes.layers import (
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    LayerGenome,
    LeakyReluLayer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome
    from galapagos.genomes.layers import Layer

_LINEAR, _DROPOUT, _BATCH_NORM, _LEAKY_RELU, _IDENTITY = 0, 5, 6, 7, 8
_FUNCTIONS = {"relu": 1, "sigmoid": 2, "tanh": 3, "softrelu": 4}


def torch_file(genome: Genome, best_weight: float | None) -> bytes:
    """Return the content of a `.pt` file: a dictionary of tensors, as the loader's networks have it.

    Args:
        genome: The network, with the weights that it learned.
        best_weight: The shared weight that is its default, by default 1; not for learned weights.
    """
    import torch

    file = io.BytesIO()
    torch.save(
        {name: torch.from_numpy(array) for name, array in arrays_of(genome, best_weight).items()}, file
    )
    return file.getvalue()


def loader_file() -> bytes:
    """Return the source of the loader."""
    return Path(__file__).with_name("torch_loader.py").read_bytes()


def arrays_of(genome: Genome, best_weight: float | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays that the loader makes a network of, by name; see its classes for what they are.

    Raises:
        InvalidGenome: Where it is neither a stack of layers nor grows into a graph of neurons.
    """
    if isinstance(genome, LayerGenome):
        return _arrays_of_stack(genome)
    return _arrays_of_graph(genome.as_graph(), best_weight)


def outputs_by_loader(
    path: Path, inputs: NDArray[np.float64], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return the outputs (weights, samples, outputs) of the network in a `.pt` file that was written here."""
    import torch

    from library_store.torch_loader import GraphNetwork, load

    network = load(path)
    outputs: list[torch.Tensor] = []
    with torch.no_grad():
        for weight in weights:
            if isinstance(network, GraphNetwork):
                outputs.append(network(torch.from_numpy(inputs), weight))
            else:
                outputs.append(network(torch.from_numpy(inputs.astype(np.float32))))
    return torch.stack(outputs).numpy().astype(np.float64)


def _arrays_of_graph(genome: GraphGenome, best_weight: float | None) -> dict[str, NDArray[Any]]:
    from library_store.torch_loader import BIAS_ROW, FIRST_INPUT_ROW, ZERO_ROW

    layers = np.array(genome.layers(), dtype=np.int64)
    computed = np.unique(genome.targets)  # a neuron that reads nothing is 0 and not its activation of 0
    activations = genome.activations[computed].astype(np.int64)
    # By layer, and activation within, so that the loader computes many neurons at once.
    computed = computed[np.lexsort((computed, activations, layers[computed]))]
    rows = np.full(genome.num_neurons, ZERO_ROW, dtype=np.int64)
    rows[: genome.num_sensors] = FIRST_INPUT_ROW + np.arange(genome.num_sensors) - genome.bias_input
    if genome.bias_input:
        rows[0] = BIAS_ROW
    rows[computed] = FIRST_INPUT_ROW + genome.num_inputs + np.arange(len(computed))
    places = rows[genome.targets] - FIRST_INPUT_ROW - genome.num_inputs
    # Stable, so that each neuron still adds up its connections by ascending number of the source.
    order = np.argsort(places, kind="stable")
    arrays: dict[str, NDArray[Any]] = {
        "num_inputs": np.array(genome.num_inputs, dtype=np.int64),
        "activations": genome.activations[computed].astype(np.int64),
        "layers": layers[computed],
        "sources": rows[genome.sources][order],
        "targets": places[order],
        "outputs": rows[genome.num_sensors : genome.first_hidden],
        "shared_weight": np.array(1.0 if best_weight is None else best_weight),
    }
    if genome.weights is not None:
        arrays |= {"weights": genome.weights[order], "shared_weight": np.array(1.0)}
    return arrays


def _arrays_of_stack(genome: LayerGenome) -> dict[str, NDArray[Any]]:
    from galapagos.networks.layer_network import initial_weights

    layers: list[Layer] = [*genome.layers, DenseLayer(genome.num_outputs)]
    counts = genome.weight_counts()
    parts = np.split(initial_weights(genome), list(accumulate(counts))[:-1])
    modules: list[tuple[int, float]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for layer, width, weights in zip(layers, genome.widths(), parts, strict=True):
        prefix = f"{len(modules)}."
        match layer:
            case DenseLayer():
                split = layer.units * width
                arrays[f"{prefix}weight"] = weights[:split].reshape(layer.units, width).copy()
                arrays[f"{prefix}bias"] = weights[split:].copy()
                modules.append((_LINEAR, 0.0))
                if layer.activation != "none":
                    modules.append((_FUNCTIONS[layer.activation], 0.0))
            case ActivationLayer():
                modules.append((_FUNCTIONS[layer.function], 0.0))
            case DropoutLayer():
                modules.append((_DROPOUT, layer.rate))
            case BatchNormLayer():
                names = ("weight", "bias", "running_mean", "running_var")
                values = weights.reshape(len(names), width)
                arrays |= {f"{prefix}{name}": row.copy() for name, row in zip(names, values, strict=True)}
                arrays[f"{prefix}num_batches_tracked"] = np.array(0, dtype=np.int64)
                modules.append((_BATCH_NORM, 0.0))
            case LeakyReluLayer():
                modules.append((_LEAKY_RELU, layer.slope))
            case _:
                modules.append((_IDENTITY, 0.0))
    arrays["types"] = np.array([type_ for type_, _ in modules], dtype=np.uint8)
    arrays["numbers"] = np.array([number for _, number in modules])
    return arrays
