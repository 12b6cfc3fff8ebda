"""Genomes of any kind: one table of the kinds that there are, and what reads and writes by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome
from galapagos.genomes import graph_json, layer_json
from galapagos.genomes.genome import GenomeKind
from galapagos.genomes.graph_columns import pack_graphs, unpack_graphs
from galapagos.genomes.layer_columns import pack_stacks, unpack_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome

KINDS = {
    "graph": GenomeKind(
        from_json=graph_json.genome_from_json,
        pack=pack_graphs,
        unpack=unpack_graphs,
        column="shapes",
        weight_places=graph_json.weight_places,
    ),
    "layers": GenomeKind(
        from_json=layer_json.genome_from_json,
        pack=pack_stacks,
        unpack=unpack_stacks,
        column="stacks",
        weight_places=layer_json.weight_places,
    ),
}
"""Every kind of genome, by its `kind`; the first one also stands for no genomes at all."""


def kind_of(data: object) -> GenomeKind | None:
    """Return the kind that a JSON object says it is of, None where there is no such kind."""
    name = data.get("kind") if isinstance(data, Mapping) else None
    return KINDS.get(name) if isinstance(name, str) else None


def genome_from_json(data: object) -> Genome:
    """Return the genome of a JSON object, checked in full.

    Raises:
        InvalidGenome: One line, where it is of no known kind, or a part is missing or wrong.
    """
    kind = kind_of(data)
    if kind is None:
        kinds = " or ".join(f'"kind": "{name}"' for name in KINDS)
        raise InvalidGenome(f"a network is a JSON object with {kinds}")
    return kind.from_json(data)


def pack_genomes(genomes: Sequence[Genome]) -> dict[str, NDArray[np.generic]]:
    """Return genomes of one kind as a few arrays of numbers, to be unpacked by `unpack_genomes`.

    Raises:
        InvalidGenome: For genomes of several kinds.
    """
    names = {genome.kind for genome in genomes} or {next(iter(KINDS))}
    if len(names) > 1:
        raise InvalidGenome("only genomes of one kind can be written as columns")
    return KINDS[names.pop()].pack(genomes)


def unpack_genomes(columns: Mapping[str, NDArray[np.generic]]) -> Sequence[Genome]:
    """Return the genomes of `pack_genomes`, bit for bit.

    Raises:
        InvalidGenome, ValueError: Where the arrays are of no kind or do not fit each other, or a genome
            is none.
    """
    for kind in KINDS.values():
        if kind.column in columns:
            return kind.unpack(columns)
    raise ValueError("the columns of genomes are of no kind that is known")
