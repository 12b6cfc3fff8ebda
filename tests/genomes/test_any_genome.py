"""Reading a genome of whatever kind its JSON says."""

import orjson
import pytest
from hypothesis import given

from galapagos.errors import InvalidGenome
from galapagos.genomes.any_genome import genome_from_json
from galapagos.genomes.founders import founder
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters
from tests.genomes.test_graph_mutation import rng_of
from tests.strategies import graph_genomes

STACK = founder(4, 2, rng_of(0), Parameters(experiment="layers"), 0)


@given(graph_genomes(weighted=None))
def test_a_graph_is_read(genome: GraphGenome) -> None:
    assert genome_from_json(orjson.loads(orjson.dumps(genome.to_json()))) == genome


def test_a_stack_of_layers_is_read() -> None:
    again = genome_from_json(orjson.loads(orjson.dumps(STACK.to_json())))
    assert again == STACK
    assert again.kind == "layers"


@pytest.mark.parametrize(
    "data",
    [None, [], "graph", 1, {}, {"kind": "tree"}, {"kind": ["graph"]}, {"kind": None}, {"genome": {}}],
)
def test_what_is_of_no_kind_is_refused_in_one_line(data: object) -> None:
    with pytest.raises(InvalidGenome, match=r'^a network is a JSON object with "kind": "graph" or .*"$'):
        genome_from_json(data)


@pytest.mark.parametrize("kind", ["graph", "layers"])
def test_a_part_that_is_missing_is_named_by_its_kind(kind: str) -> None:
    with pytest.raises(InvalidGenome) as caught:
        genome_from_json({"kind": kind, "version": 1})
    assert str(caught.value).isprintable()
