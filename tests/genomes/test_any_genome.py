"""Genomes of whatever kind: each is read and written as its kind does it, whichever kinds there are."""

import numpy as np
import orjson
import pytest
from hypothesis import given

from galapagos.errors import InvalidGenome
from galapagos.genomes.any_genome import KINDS, genome_from_json, kind_of, pack_genomes, unpack_genomes
from galapagos.genomes.founders import founder
from galapagos.genomes.genome import Genome, no_weight_places
from galapagos.genomes.graph import GraphGenome
from galapagos.parameters import Parameters
from tests.engine.populations import random_genome, random_stack
from tests.genomes.test_graph_mutation import rng_of
from tests.strategies import graph_genomes

STACK = founder(4, 2, rng_of(0), Parameters(experiment="layers"), 0)
GENOMES: dict[str, list[Genome]] = {
    "graph": [random_genome(rng_of(0)), random_genome(rng_of(1), learned=True)],
    "layers": [STACK, random_stack(rng_of(1), learned=True)],
}
"""Some of every kind, with weights of their own and without."""


def test_every_kind_is_tested_here() -> None:
    assert list(GENOMES) == list(KINDS)


@given(graph_genomes(weighted=None))
def test_a_graph_is_read(genome: GraphGenome) -> None:
    assert genome_from_json(orjson.loads(orjson.dumps(genome.to_json()))) == genome


@pytest.mark.parametrize("kind", KINDS)
def test_a_genome_is_read_as_one_of_its_kind(kind: str) -> None:
    for genome in GENOMES[kind]:
        again = genome_from_json(orjson.loads(orjson.dumps(genome.to_json())))
        assert again == genome
        assert again.kind == kind


@pytest.mark.parametrize(
    "data",
    [None, [], "graph", 1, {}, {"kind": "tree"}, {"kind": ["graph"]}, {"kind": None}, {"genome": {}}],
)
def test_what_is_of_no_kind_is_refused_in_one_line(data: object) -> None:
    assert kind_of(data) is None
    with pytest.raises(InvalidGenome, match=r'^a network is a JSON object with "kind": "graph" or .*"$'):
        genome_from_json(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_is_missing_is_named_by_its_kind(kind: str) -> None:
    with pytest.raises(InvalidGenome) as caught:
        genome_from_json({"kind": kind, "version": 1})
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("kind", KINDS)
def test_genomes_of_a_kind_come_back_from_columns(kind: str) -> None:
    again = unpack_genomes(pack_genomes(GENOMES[kind]))
    assert list(again) == GENOMES[kind]
    assert {genome.kind for genome in again} == {kind}


def test_no_genomes_have_columns_too() -> None:
    assert list(unpack_genomes(pack_genomes([]))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_columns_hold_no_objects(kind: str) -> None:
    assert all(column.dtype.kind in "iuf" for column in pack_genomes(GENOMES[kind]).values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_column_of_a_kind_is_in_those_of_no_other(kind: str) -> None:
    assert [name for name in KINDS if KINDS[kind].column in pack_genomes(GENOMES[name])] == [kind]


def test_two_kinds_together_are_refused() -> None:
    with pytest.raises(InvalidGenome, match="one kind"):
        pack_genomes([genome for genomes in GENOMES.values() for genome in genomes])


def test_columns_of_no_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="no kind"):
        unpack_genomes({"trees": np.zeros(1)})


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_taken_from_a_copy(kind: str) -> None:
    for genome in GENOMES[kind]:
        data = genome.to_json()
        copy, places = KINDS[kind].weight_places(data)
        assert copy == data
        for _, holder, key in places:
            del holder[key]
        assert data == genome.to_json()


def test_a_kind_may_keep_its_weights_where_they_are() -> None:
    data = STACK.to_json()
    copy, places = no_weight_places(data)
    assert (copy, places) == (data, [])
    assert copy is not data


def test_a_graph_is_its_own_graph_and_a_stack_is_none() -> None:
    for genome in GENOMES["graph"]:
        assert genome.as_graph() is genome
    with pytest.raises(InvalidGenome, match="no graph of neurons"):
        STACK.as_graph()
