"""The weights of a genome apart from the rest of its JSON, so that a database holds none of them.

In the rest, called the skeleton, `{"tensor": "layers.0.weights"}` stands in the place of each array.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[np.generic]]

_OF_A_GRAPH = ("weights", "feedback")
_PLACE = "tensor"


def take_out(genome: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Return the skeleton of a genome's canonical JSON, and its arrays by name.

    Arrays of a graph are float64 (connections,), in the order of its connections; those of a stack of layers
    float32, flat, a layer's arrays one after the other.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    skeleton = dict(genome)
    if genome["kind"] == "graph":
        for name in _OF_A_GRAPH:
            if name in genome:
                tensors[name] = np.array(genome[name], dtype=np.float64)
                skeleton[name] = {_PLACE: name}
        return skeleton, tensors
    skeleton["layers"] = [dict(layer) for layer in genome["layers"]]
    for name, holder, key in _weights_of_a_stack(skeleton):
        tensors[name] = np.frombuffer(base64.b64decode(holder[key]["float32"]), dtype="<f4")
        holder[key] = {_PLACE: name, "shapes": holder[key]["shapes"]}
    return skeleton, tensors


def put_back(skeleton: Mapping[str, Any], tensors: Tensors) -> dict[str, Any]:
    """Return the genome's JSON that `take_out` was given, bit for bit; it is not checked to be a genome.

    Raises:
        InvalidGenome: Where an array is missing, or of another kind of number.
    """
    genome = dict(skeleton)
    if genome.get("kind") == "graph":
        for name in _OF_A_GRAPH:
            if _is_place(genome.get(name)):
                genome[name] = _array(tensors, genome[name][_PLACE], "f8").tolist()
        return genome
    if isinstance(genome.get("layers"), list):
        genome["layers"] = [dict(layer) if isinstance(layer, dict) else layer for layer in genome["layers"]]
        for _, holder, key in _weights_of_a_stack(genome):
            if _is_place(holder[key]):
                content = _array(tensors, holder[key][_PLACE], "f4").astype("<f4").tobytes()
                text = base64.b64encode(content).decode("ascii")
                holder[key] = {"shapes": holder[key].get("shapes"), "float32": text}
    return genome


def _weights_of_a_stack(genome: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield (name, the object that holds them, the key there) of each layer's weights, the outputs' last."""
    for place, layer in enumerate(genome["layers"]):
        if isinstance(layer, dict) and "weights" in layer:
            yield f"layers.{place}.weights", layer, "weights"
    if "output_weights" in genome:
        yield "output_weights", genome, "output_weights"


def _is_place(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get(_PLACE), str)


def _array(tensors: Tensors, name: str, kind: str) -> NDArray[np.generic]:
    array = tensors.get(name)
    if array is None or array.dtype != np.dtype(kind) or array.ndim != 1:
        found = "is missing" if array is None else f"is {array.dtype}{list(array.shape)}"
        raise InvalidGenome(f"{plain(name)} of a saved network {found}; it must be a row of {np.dtype(kind)}")
    return array
