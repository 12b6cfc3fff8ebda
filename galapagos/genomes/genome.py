"""What every kind of genome offers to the engine, whatever it grows into."""

from typing import Any, Protocol, Self

import numpy as np

from galapagos.parameter_declarations import ComplexityMeasure
from galapagos.parameters import Parameters


class Genome(Protocol):
    """An immutable value that can be mutated, measured and written as JSON."""

    def mutate(self, rng: np.random.Generator, parameters: Parameters) -> tuple[Self, str]:
        """Return a mutated copy and the name of the operator (several joined by `+`)."""

    def complexity(self, measure: ComplexityMeasure) -> int:
        """Return the size that the archive sorts by, at least 0."""

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object: equal genomes give equal objects."""
