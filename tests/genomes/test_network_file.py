"""Networks from files: what a person may name, and what hostile files come to."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.learning_networks import with_weights
from galapagos.genomes.network_file import MAX_FILE_BYTES, read_network
from tests.genomes.test_any_genome import STACK
from tests.genomes.test_graph import CHAIN
from tests.genomes.test_wann_matrix import CHAMPION, SMALL
from tests.strategies import graph_genomes


def written(directory: Path, name: str, content: bytes) -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def genome_json(**parts: object) -> bytes:
    return orjson.dumps(CHAIN.to_json() | parts)


def stack_json(*layers: Mapping[str, object]) -> bytes:
    return orjson.dumps(STACK.to_json() | {"layers": layers})


@given(genome=graph_genomes(weighted=None))
def test_a_network_is_read_from_its_json(
    genome: GraphGenome, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.getbasetemp(), "network.json", orjson.dumps(genome.to_json()))
    assert read_network(path) == genome


def test_json_of_an_elite_is_read_by_its_genome(tmp_path: Path) -> None:
    elite = {"id": "0" * 16, "genome": CHAIN.to_json(), "parents": []}
    assert read_network(written(tmp_path, "elite.json", orjson.dumps(elite))) == CHAIN


def test_a_network_that_learned_and_a_stack_of_layers_are_read(tmp_path: Path) -> None:
    learner = with_weights(CHAIN, np.random.default_rng(0))
    for genome in (learner, learner.with_trained(np.ones(4, dtype=np.float32), 3), STACK):
        data = {"id": "0" * 16, "genome": genome.to_json()}
        assert read_network(written(tmp_path, "elite.json", orjson.dumps(data))) == genome


def test_a_published_matrix_is_read() -> None:
    if not CHAMPION.exists():
        pytest.skip("the published champion is not beside the checkout")
    assert read_network(CHAMPION).complexity("connections") == 52


def test_numbers_of_inputs_and_outputs_reach_the_matrix(tmp_path: Path) -> None:
    path = written(tmp_path, "a.out", b"0,0,0,1,1\n" + b"0,0,0,0,1\n" * 3)
    genome = read_network(path, num_inputs=1)
    assert isinstance(genome, GraphGenome)
    assert genome.num_outputs == 2


HOSTILE = {
    "too_large.json": (b" " * (MAX_FILE_BYTES + 1), "larger than 16 MB"),
    "too_large.out": (b"0," * (MAX_FILE_BYTES // 2 + 1), "larger than 16 MB"),
    "empty.json": (b"", "no JSON"),
    "torn.json": (genome_json()[:-5], "no JSON"),
    "deep.json": (b"[" * 100_000, "no JSON"),
    "deep_and_closed.json": (b"[" * 100_000 + b"]" * 100_000, "no JSON"),
    "deep_part.json": (
        genome_json()[:-1] + b',"num_inputs":' + b"[" * 900 + b"]" * 900 + b"}",
        "nested deeper",
    ),
    "not_utf8.json": (b'{"kind": "\xff\xfe"}', "no JSON"),
    "list.json": (b"[1, 2]", "kind"),
    "nan.json": (genome_json().replace(b"}", b',"weights":[NaN,1,1,1]}'), "no JSON"),
    "overflow.json": (genome_json().replace(b"}", b',"weights":[1e999,1,1,1]}'), ""),
    "null_weight.json": (genome_json(weights=[None, 1, 1, 1]), "weights"),
    "cycle.json": (genome_json(connections=[[3, 4], [4, 3]]), "cycle"),
    "nested_genome.json": (b'{"genome":' * 200 + b"1" + b"}" * 200, "nested deeper"),
    "many_connections.json": (genome_json(connections=[[0, 3]] * 1_000_000), "at most 100000 connections"),
    "more_connections.json": (genome_json(connections=[[0, 3]] * 100_001), "at most 100000 connections"),
    "many_lists.json": (b"[" + b"[]," * 5_000_000 + b"1]", "at most 100000 connections"),
    "many_numbers.json": (genome_json(weights=[1.5] * 1_900_000), "at most 100000 weights"),
    "more_numbers.json": (genome_json(weights=[1.5] * 4_000_000), "more than 2000000 values"),
    "twice.json": (genome_json()[:-1] + b',"num_inputs":3}', "stands twice"),
    "unknown_part.json": (genome_json(bias_inputs=True), "'bias_inputs' is no part of a network"),
    "unknown_part_of_a_layer.json": (stack_json({"type": "flatten", "units": 3}), "'units' is no part"),
    "rounded.json": (genome_json(weights=[2**53 + 1] * 4), "a float64 holds exactly"),
    "many_neurons.json": (genome_json(activations=["linear"] * 1_000_000), "at most 100000 activations"),
    "one_cycle_of_all.json": (
        orjson.dumps(
            {
                "kind": "graph",
                "version": 1,
                "num_inputs": 1,
                "num_outputs": 1,
                "activations": ["linear"] * 100_000,
                "connections": [[neuron, neuron + 1] for neuron in range(2, 99_999)] + [[99_999, 2]],
            }
        ),
        "cycle",
    ),
    "no_kind.json": (genome_json(kind="trees"), '"kind": "graph" or "kind": "layers"'),
    "wide_layer.json": (stack_json({"type": "dense", "units": 10**9, "activation": "none"}), "units"),
    "many_layers.json": (stack_json(*[{"type": "flatten"}] * 90_000), "layers"),
    "markup.json": (genome_json(activations=["[/nope]\x1b[2J"] * 5), "no activation"),
    "binary.out": (bytes(range(256)), "plain text"),
    "text.out": (b"hello\nworld\n", "numbers between commas"),
    "dense.out": (b"\n".join([b"1," * 1400 + b"1"] * 1400), "at most 100000 connections"),
    "long_line.out": (b"0," * 7_000_000 + b"\n1,1\n", "line 1"),
    "many_lines.out": (b"0\n" * 7_000_000, "lines"),
    "underscore.out": (SMALL.replace("2,5", "2,0_5").encode(), "underscores"),
    "nan_activation.out": (SMALL.replace("2,5", "2,nan").encode(), "activation nan"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon_and_in_one_line_that_names_it(tmp_path: Path, name: str) -> None:
    content, line = HOSTILE[name]
    path = written(tmp_path, name, content)
    start = time.process_time()
    with pytest.raises(InvalidGenome) as caught:
        read_network(path)
    assert time.process_time() - start < 5
    text = str(caught.value)
    assert line in text
    assert name in text
    assert text.isprintable()
    assert len(text) < 500


def test_a_file_that_is_absent_or_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidGenome, match=r"absent\.json: there is no such file"):
        read_network(tmp_path / "absent.json")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(InvalidGenome, match=r"folder\.json: this is no file"):
        read_network(tmp_path / "folder.json")
    with pytest.raises(InvalidGenome, match=r"network\.pkl: a network is a \.json file"):
        read_network(written(tmp_path, "network.pkl", b"x"))
    with pytest.raises(InvalidGenome, match="cannot be read"):
        read_network(tmp_path / ("x" * 300 + ".json"))
    with pytest.raises(InvalidGenome):
        read_network(tmp_path / "nul\0.json")


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    with pytest.raises(InvalidGenome, match="no file"):
        read_network(pipe)


def test_a_path_with_control_characters_stays_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidGenome) as caught:
        read_network(tmp_path / "a\n\x1b[31mb.json")
    assert str(caught.value).isprintable()


@given(content=st.binary(max_size=60) | st.text("0123456789,.-en\nai", max_size=80).map(str.encode))
def test_any_content_is_a_network_or_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in ("any.json", "any.out"):
        path = written(tmp_path_factory.getbasetemp(), name, content)
        refusal = ""
        try:
            read_network(path)
        except InvalidGenome as error:
            refusal = str(error)
        assert refusal.isprintable()
