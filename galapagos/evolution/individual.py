"""An individual: a genome with an identity and an origin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.genomes.genome import Genome

INITIAL = "initial"
INJECT = "inject"


@dataclass(frozen=True, slots=True)
class Individual:
    """A member of a population; a survivor keeps its id from generation to generation.

    Args:
        id: 16 hexadecimal digits, see `identify`.
        genome: What evolves.
        parents: The ids of the parents; none for an initial individual.
        operator: What made it: `initial`, `inject`, or the mutations joined by `+`.
        generation: The generation in which it was first evaluated.
    """

    id: str
    genome: Genome
    parents: tuple[str, ...]
    operator: str
    generation: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an individual comes from.

    Args:
        run: The name of the run.
        parameters: Those of the run at that time, as JSON.
    """

    run: str
    parameters: Mapping[str, Any]


def identify(genome: Genome, seed: int, generation: int, index: int) -> str:
    """Return 16 hexadecimal digits of blake2b over canonical genome JSON, seed, generation and index."""
    text = orjson.dumps([genome.to_json(), seed, generation, index], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def create(
    genome: Genome, *, parents: tuple[str, ...], operator: str, seed: int, generation: int, index: int
) -> Individual:
    """Return a new individual; `index` is its place in the generation's order of creation."""
    return Individual(identify(genome, seed, generation, index), genome, parents, operator, generation)
