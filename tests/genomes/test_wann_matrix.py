"""The published matrix format, against the published champion and against itself."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.wann_matrix import MAX_MATRIX_NEURONS, read_wann_matrix, write_wann_matrix
from tests.strategies import graph_genomes

CHAMPION = Path(__file__).parents[3] / "shared" / "data" / "wann-champions" / "swing.out"

# bias, input, hidden (tanh), output: input → hidden → output and bias → output.
SMALL = "0,0,0,-1.5,1\n0,0,1e-3,nan,1\n0,0,0,2,5\n0,0,nan,0,1\n"


def meaning_of(genome: GraphGenome) -> Counter[int]:
    """Count what each neuron computes, said without the numbers of hidden neurons.

    That is the name of a sensor, or the activation (of an output its number) with what its sources compute.
    """
    sources: dict[int, list[int]] = {}
    for source, target in zip(genome.sources.tolist(), genome.targets.tolist(), strict=True):
        sources.setdefault(target, []).append(source)
    layers = genome.layers()
    meanings: dict[int, int] = {}
    for neuron in sorted(range(genome.num_neurons), key=layers.__getitem__):
        if neuron < genome.num_sensors:
            name = f"input {neuron + (not genome.bias_input)}"
        elif neuron < genome.first_hidden:
            name = f"output {neuron - genome.num_sensors}"
        else:
            name = Activation(int(genome.activations[neuron])).label
        inputs = tuple(sorted(meanings[source] for source in sources.get(neuron, [])))
        meanings[neuron] = hash((name, inputs))
    return Counter(meanings.values())


def test_the_published_champion_has_5_inputs_a_bias_1_output_and_52_connections() -> None:
    if not CHAMPION.exists():
        pytest.skip("the published champion is not beside the checkout")
    genome = read_wann_matrix(CHAMPION.read_text())
    assert (genome.num_inputs, genome.bias_input, genome.num_outputs) == (5, True, 1)
    assert (genome.num_connections, genome.num_neurons) == (52, 29)
    assert genome.weights is None
    # An independent reading of the file; its hidden neurons 6 to 27 are ours 7 to 28, its output 28 ours 6.
    matrix = np.genfromtxt(CHAMPION, delimiter=",")
    present = np.nan_to_num(matrix[:, :-1]) != 0
    number = {neuron: 6 if neuron == 28 else neuron + (neuron >= 6) for neuron in range(29)}
    expected = {(number[source], number[target]) for source, target in np.argwhere(present).tolist()}
    assert set(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)) == expected
    for neuron, code in enumerate(matrix[:, -1].tolist()):
        assert genome.activations[number[neuron]] == code
    assert read_wann_matrix(write_wann_matrix(genome)) == genome
    assert GraphGenome.from_json(genome.to_json()) == genome


def test_any_value_but_0_and_nan_is_a_connection() -> None:
    assert read_wann_matrix(SMALL) == graph_genome(
        num_inputs=1,
        num_outputs=1,
        bias_input=True,
        activations=[Activation.LINEAR] * 3 + [Activation.TANH],
        connections=[(0, 2), (1, 3), (3, 2)],
    )


@given(graph_genomes(bias_input=True, hidden_have_both=True))
def test_writing_and_reading_gives_the_same_network(genome: GraphGenome) -> None:
    text = write_wann_matrix(genome)
    again = read_wann_matrix(text, num_inputs=genome.num_inputs, num_outputs=genome.num_outputs)
    assert sorted(again.layers()) == sorted(genome.layers())
    assert meaning_of(again) == meaning_of(genome)
    assert write_wann_matrix(again) == text
    if genome.num_neurons > genome.first_hidden:
        assert read_wann_matrix(text) == again


@given(graph_genomes(bias_input=False))
def test_a_network_without_a_bias_gets_one_that_is_connected_to_nothing(genome: GraphGenome) -> None:
    again = read_wann_matrix(
        write_wann_matrix(genome), num_inputs=genome.num_inputs, num_outputs=genome.num_outputs
    )
    assert again.bias_input
    assert 0 not in again.sources.tolist()
    assert meaning_of(again) - Counter([hash(("input 0", ()))]) == meaning_of(genome)


@given(graph_genomes())
def test_neurons_are_written_in_an_order_in_which_they_can_be_computed(genome: GraphGenome) -> None:
    rows = [line.split(",")[:-1] for line in write_wann_matrix(genome).splitlines()]
    assert not any(int(rows[source][target]) for source in range(len(rows)) for target in range(source + 1))


def test_neurons_without_connections_must_be_told_apart() -> None:
    text = "0,0,0,1,1\n" + "0,0,0,0,1\n" * 3
    with pytest.raises(InvalidGenome, match=r"neurons 2 to 3 .* connected to nothing"):
        read_wann_matrix(text)
    for numbers in ({"num_inputs": 1}, {"num_outputs": 2}, {"num_inputs": 1, "num_outputs": 2}):
        genome = read_wann_matrix(text, **numbers)
        assert (genome.num_inputs, genome.num_outputs, genome.num_neurons) == (1, 2, 4)
    assert read_wann_matrix(text, num_inputs=2).num_outputs == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "has 0"),
        ("\n \n\n", "has 0"),
        ("1,1\n", "has 1"),
        ("\n" * 10**6, "has 1000000"),
        ("1,1,1\n" * (MAX_MATRIX_NEURONS + 1), f"2 to {MAX_MATRIX_NEURONS} lines"),
        ("0,1\n0,0\n", "line 1 of a WANN matrix of 2 lines has 3 numbers"),
        ("0," * 10**6 + "\n0,0,1\n", "line 1"),
        (SMALL.replace("2,5", "two,5"), "line 3 of a WANN matrix has something that is no number"),
        (SMALL.replace("2,5", "2,12"), "activation 12"),
        (SMALL.replace("2,5", "2,5.5"), "activation 5.5"),
        (SMALL.replace("2,5", "2,nan"), "activation nan"),
        (SMALL.replace("2,5", "2,inf"), "activation inf"),
        ("0,1,1\n1,0,1\n", "each at least 1"),
        ("0,0,0,0,1\n0,0,1,1,1\n0,0,1,1,5\n0,0,0,0,1\n", "cycle"),
        ("0,0,0,0,0,1\n0,0,1,0,1,1\n0,0,0,1,0,5\n0,0,1,0,0,5\n0,0,0,0,0,1\n", "cycle"),
        ("0,0,1,1\n" * 2 + "0,0,0,5\n", "linear"),
        ("\n".join(["1," * 1000 + "1"] * 1000), "at most 100000 connections"),
    ],
)
def test_what_is_no_matrix_of_a_network_is_refused_in_one_line(text: str, line: str) -> None:
    with pytest.raises(InvalidGenome) as caught:
        read_wann_matrix(text)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "numbers",
    [{"num_inputs": 0}, {"num_inputs": 3}, {"num_outputs": 0}, {"num_outputs": 4}, {"num_inputs": -9}],
)
def test_numbers_of_inputs_and_outputs_that_do_not_fit_are_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(InvalidGenome):
        read_wann_matrix(SMALL, **numbers)


def test_what_a_matrix_cannot_hold_is_not_written() -> None:
    linear = Activation.LINEAR
    weighted = graph_genome(
        num_inputs=1, num_outputs=1, activations=[linear] * 2, connections=[(0, 1)], weights=[0.5]
    )
    with pytest.raises(InvalidGenome, match="json"):
        write_wann_matrix(weighted)
    wide = graph_genome(
        num_inputs=MAX_MATRIX_NEURONS,
        num_outputs=1,
        activations=[linear] * (MAX_MATRIX_NEURONS + 1),
        connections=[],
    )
    with pytest.raises(InvalidGenome, match="json"):
        write_wann_matrix(wide)
