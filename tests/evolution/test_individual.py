"""Identity: what an id is made of."""

import hashlib
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from galapagos.evolution.individual import create, identify
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from tests.strategies import graph_genomes

SMALL = graph_genome(num_inputs=1, num_outputs=1, activations=[Activation.LINEAR] * 2, connections=[(0, 1)])


def test_an_id_is_blake2b_over_canonical_json_with_seed_generation_and_index() -> None:
    # Written down by hand, so that ids of old runs stay what they are.
    text = (
        '[{"activations":["linear","linear"],"bias_input":false,"connections":[[0,1]],"kind":"graph",'
        '"num_inputs":1,"num_outputs":1,"version":1},7,3,5]'
    )
    assert (
        identify(SMALL, seed=7, generation=3, index=5)
        == hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    )


@given(graph_genomes(weighted=None), st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_id_is_16_hexadecimal_digits_and_the_same_for_equal_genomes(
    genome: GraphGenome, seed: int, generation: int, index: int
) -> None:
    id_of_genome = identify(genome, seed, generation, index)
    again = GraphGenome.from_json(json.loads(json.dumps(genome.to_json())))
    assert re.fullmatch(r"[0-9a-f]{16}", id_of_genome)
    assert identify(again, seed, generation, index) == id_of_genome


@given(graph_genomes())
def test_ids_differ_by_seed_generation_index_and_genome(genome: GraphGenome) -> None:
    ids = {identify(genome, *numbers) for numbers in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]}
    assert len(ids) == 4
    assert genome == SMALL or identify(SMALL, 0, 0, 0) not in ids


def test_a_new_individual_knows_where_it_comes_from() -> None:
    child = create(SMALL, parents=("a",), operator="add_node", seed=1, generation=2, index=3)
    assert child.id == identify(SMALL, 1, 2, 3)
    assert (child.genome, child.parents, child.operator, child.generation) == (SMALL, ("a",), "add_node", 2)
