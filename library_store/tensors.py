"""The weights of a genome apart from the rest of its JSON, so that a database holds none of them.

In the rest, called the skeleton, `{"tensor": "layers.0.weights"}` stands in the place of each array.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.any_genome import KINDS, kind_of
from galapagos.genomes.genome import no_weight_places
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[np.generic]]

_PLACE = "tensor"


def take_out(genome: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Return the skeleton of a genome's canonical JSON, and its arrays by name.

    Arrays of a graph are float64 (connections,), in the order of its connections; those of a stack of layers
    float32, flat, a layer's arrays one after the other.
    """
    skeleton, places = KINDS[genome["kind"]].weight_places(genome)
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, holder, key in places:
        weights = holder[key]
        if isinstance(weights, dict):
            tensors[name] = np.frombuffer(base64.b64decode(weights["float32"]), dtype="<f4")
            holder[key] = {_PLACE: name, "shapes": weights["shapes"]}
        else:
            tensors[name] = np.array(weights, dtype=np.float64)
            holder[key] = {_PLACE: name}
    return skeleton, tensors


def put_back(skeleton: Mapping[str, Any], tensors: Tensors) -> dict[str, Any]:
    """Return the genome's JSON that `take_out` was given, bit for bit; it is not checked to be a genome.

    Raises:
        InvalidGenome: Where an array is missing, or of another kind of number.
    """
    kind = kind_of(skeleton)
    genome, places = no_weight_places(skeleton) if kind is None else kind.weight_places(skeleton)
    for _, holder, key in places:
        place = holder[key]
        if not _is_place(place):
            continue
        if "shapes" in place:
            content = _array(tensors, place[_PLACE], "f4").astype("<f4").tobytes()
            text = base64.b64encode(content).decode("ascii")
            holder[key] = {"shapes": place["shapes"], "float32": text}
        else:
            holder[key] = _array(tensors, place[_PLACE], "f8").tolist()
    return genome


def _is_place(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get(_PLACE), str)


def _array(tensors: Tensors, name: str, kind: str) -> NDArray[np.generic]:
    array = tensors.get(name)
    if array is None or array.dtype != np.dtype(kind) or array.ndim != 1:
        found = "is missing" if array is None else f"is {array.dtype}{list(array.shape)}"
        raise InvalidGenome(f"{plain(name)} of a saved network {found}; it must be a row of {np.dtype(kind)}")
    return array
