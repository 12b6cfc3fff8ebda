"""What every kind of genome offers to the engine, whatever it grows into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from galapagos.parameter_declarations import ComplexityMeasure
    from galapagos.parameters import Parameters

    WeightPlace = tuple[str, dict[str, Any], str]
    """Where weights stand in JSON: what they are called, the object that holds them, the key there."""


class Genome(Protocol):
    """An immutable value that can be mutated, measured and written as JSON."""

    @property
    def kind(self) -> str:
        """What tells genomes of different kinds apart in JSON: a name in `any_genome.KINDS`."""

    @property
    def epochs(self) -> int:
        """Epochs of training that its weights had received when it was born."""

    def as_graph(self) -> GraphGenome:
        """Return the graph of neurons that it is, or grows into.

        Raises:
            InvalidGenome: Where it grows into a network of another sort.
        """

    def mutate(self, rng: np.random.Generator, parameters: Parameters) -> tuple[Self, str]:
        """Return a mutated copy and the name of the operator (several joined by `+`)."""

    def complexity(self, measure: ComplexityMeasure) -> int:
        """Return the size that the archive sorts by, at least 0."""

    def with_trained(self, trained: NDArray[np.float32], epochs: int) -> Self:
        """Return a copy whose weights are those that learning led to.

        Args:
            trained: The weights, flat, in the genome's order (`Evaluation.trained`).
            epochs: How long it learned; added to those that its weights had received before.
        """

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object: equal genomes give equal objects."""


def no_weight_places(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[WeightPlace]]:
    """Return a copy of the JSON of a genome whose weights are few enough to stay where they are."""
    return dict(data), []


@dataclass(frozen=True, slots=True)
class GenomeKind:
    """How genomes of a kind are read, and written many at once: what no single one of them can do.

    Args:
        from_json: Returns the genome of a JSON object, checked in full; raises InvalidGenome.
        pack: Returns many genomes as arrays of numbers by name, without objects inside.
        unpack: Returns the genomes of `pack`, bit for bit; raises InvalidGenome or ValueError.
        column: The name of an array of `pack` that those of no other kind have.
        weight_places: Returns a copy of a genome's JSON, which nobody may have checked, and where in it
            weights stand, so that they can be kept apart: lists of numbers, or objects of `shapes` and
            `float32`. Those parts of the copy can be changed.
    """

    from_json: Callable[[object], Genome]
    pack: Callable[[Sequence[Any]], dict[str, NDArray[np.generic]]]
    unpack: Callable[[Mapping[str, NDArray[np.generic]]], Sequence[Genome]]
    column: str
    weight_places: Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[WeightPlace]]] = no_weight_places
