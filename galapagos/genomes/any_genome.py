"""Reading a genome of any kind: each kind reads its own, and JSON says which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import LayerGenome

if TYPE_CHECKING:
    from galapagos.genomes.genome import Genome


def genome_from_json(data: object) -> Genome:
    """Return the genome of a JSON object, checked in full.

    Raises:
        InvalidGenome: One line, where it is of no known kind, or a part is missing or wrong.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind == "graph":
        return GraphGenome.from_json(data)
    if kind == "layers":
        return LayerGenome.from_json(data)
    raise InvalidGenome('a network is a JSON object with "kind": "graph" or "kind": "layers"')
