"""What every kind of genome offers to the engine, whatever it grows into."""

from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from galapagos.parameter_declarations import ComplexityMeasure
from galapagos.parameters import Parameters


class Genome(Protocol):
    """An immutable value that can be mutated, measured and written as JSON."""

    @property
    def kind(self) -> str:
        """What tells genomes of different kinds apart in JSON: `graph` or `layers`."""

    @property
    def epochs(self) -> int:
        """Epochs of training that its weights had received when it was born."""

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
