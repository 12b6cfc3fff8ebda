"""Saved elites for PyTorch: the loader's networks answer as ours do, learn on, and need nothing of ours."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from galapagos.genomes.activation import Activation
from galapagos.genomes.layers import BatchNormLayer, DenseLayer, LayerGenome
from galapagos.networks.activations import FUNCTIONS
from galapagos.networks.layer_network import LayerNetwork as OurLayerNetwork
from library_store import torch_loader
from library_store.exchange import export_entries
from library_store.outputs import difference, outputs_of, sample_inputs, weights_to_try
from library_store.torch_export import arrays_of, outputs_by_loader, torch_file
from library_store.torch_loader import ACTIVATIONS, GraphNetwork, LayerNetwork, load
from tests.genomes.layer_genomes import layer_genomes
from tests.library_store.entries import (
    ENTRIES,
    entry_of,
    evaluated,
    every_activation,
    learner_with_feedback,
    stack,
    with_dead_neurons,
)
from tests.strategies import graph_genomes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome

LOADER = Path(torch_loader.__file__)


def graph_network(genome: GraphGenome, best_weight: float | None = None) -> GraphNetwork:
    return GraphNetwork(
        {name: torch.from_numpy(array) for name, array in arrays_of(genome, best_weight).items()}
    )


def answers(genome: Genome, path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a network answers, and what the one in a file does."""
    inputs, weights = sample_inputs(genome), weights_to_try(genome, 0.7)
    path.write_bytes(torch_file(genome, None))
    return outputs_of(genome, inputs, weights), outputs_by_loader(path, inputs, weights)


@pytest.mark.parametrize("kind", ENTRIES)
def test_an_entry_of_every_kind_answers_the_same_in_torch(tmp_path: Path, kind: str) -> None:
    entry, path = ENTRIES[kind](), tmp_path / "elite.pt"
    assert export_entries([entry], path) == (path, tmp_path / "elite.py")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["elite.pt", "elite.py"]
    expected, found = answers(entry.genome, tmp_path / "again.pt")
    assert np.array_equal(expected, found, equal_nan=True)


@settings(max_examples=40)
@given(genome=graph_genomes(weighted=None))
def test_any_graph_answers_the_same_bit_for_bit(
    genome: GraphGenome, tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected, found = answers(genome, tmp_path_factory.getbasetemp() / "graph.pt")
    assert np.array_equal(expected, found, equal_nan=True)


@settings(max_examples=40)
@given(genome=layer_genomes())
def test_any_stack_answers_the_same(genome: LayerGenome, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected, found = answers(genome, tmp_path_factory.getbasetemp() / "stack.pt")
    assert difference(expected, found, "layers") is None


VALUES = np.concatenate(
    [
        np.arange(-50, 51) / 4,
        np.random.default_rng(1).normal(size=2000) * 10.0 ** np.random.default_rng(2).integers(-9, 9, 2000),
        [-0.0, 5e-324, -1e308, 1e308, 2.0**51 + 0.5, 2.0**52, -(2.0**53), 708.5, -709.5, 38.7, 22.0],
        [np.inf, -np.inf, np.nan],
    ]
)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("activation", Activation)
def test_an_activation_is_ours_bit_for_bit(activation: Activation) -> None:
    expected = np.array([FUNCTIONS[activation](float(value)) for value in VALUES])
    found = ACTIVATIONS[activation](torch.from_numpy(VALUES)).numpy()
    assert np.array_equal(expected, found, equal_nan=True)


SLOPES: dict[Activation, Callable[[torch.Tensor], torch.Tensor]] = {
    Activation.LINEAR: lambda x: x,
    Activation.SINE: lambda x: torch.sin(torch.pi * x),
    Activation.GAUSSIAN: lambda x: torch.exp(-x * x / 2),
    Activation.TANH: torch.tanh,
    Activation.SIGMOID: torch.sigmoid,
    Activation.INVERSE: torch.neg,
    Activation.ABS: torch.abs,
    Activation.RELU: torch.relu,
    Activation.COSINE: lambda x: torch.cos(torch.pi * x),
    Activation.SQUARED: torch.square,
    Activation.STEP: lambda x: 0.0 * x,
}


@pytest.mark.parametrize("activation", SLOPES)
def test_the_slope_of_an_activation_is_that_of_the_function_it_stands_for(activation: Activation) -> None:
    def slope(function: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
        values = torch.cat([torch.linspace(-3.3, 3.3, 40), torch.tensor([0.0, 0.5, 1.0, -2.0])]).double()
        values.requires_grad_()
        outputs = function(values)
        if not outputs.requires_grad:
            return torch.zeros_like(values)
        return torch.autograd.grad(outputs.sum(), values)[0]

    torch.testing.assert_close(
        slope(ACTIVATIONS[activation]), slope(SLOPES[activation]), rtol=1e-9, atol=1e-12
    )


def test_the_shared_weight_is_the_best_one_unless_another_is_given(tmp_path: Path) -> None:
    genome = every_activation()
    export_entries([evaluated(genome, 1.7)], tmp_path / "best.pt")
    network, inputs = load(tmp_path / "best.pt"), sample_inputs(genome)
    assert isinstance(network, GraphNetwork)
    best, other = outputs_of(genome, inputs, (1.7, -0.4))
    samples = torch.from_numpy(inputs)
    assert np.array_equal(network(samples).numpy(), best)
    assert np.array_equal(network(samples, -0.4).numpy(), other)
    assert np.array_equal(network(samples, torch.tensor(-0.4, dtype=torch.float64)).numpy(), other)


def test_without_results_the_shared_weight_is_one_as_it_is_for_learned_weights(tmp_path: Path) -> None:
    for name, genome in (("agnostic", every_activation()), ("learned", learner_with_feedback())):
        export_entries([entry_of(genome)], tmp_path / f"{name}.pt")
        network = load(tmp_path / f"{name}.pt")
        assert isinstance(network, GraphNetwork)
        assert network.shared_weight.item() == 1.0


def test_inputs_have_any_shape_that_ends_in_the_inputs() -> None:
    genome = every_activation()
    network, inputs = graph_network(genome), torch.from_numpy(sample_inputs(genome))
    outputs = network(inputs)
    assert network(inputs[0]).shape == (2,)
    assert torch.equal(network(inputs.reshape(2, 4, 4, 3)), outputs.reshape(2, 4, 4, 2))
    assert network(inputs[:0]).shape == (0, 2)
    assert network(inputs.float()).dtype == torch.float64
    with pytest.raises(ValueError, match="the network has 3 inputs, these have 2"):
        network(inputs.reshape(-1, 2))


def test_a_sample_has_the_same_outputs_in_any_company() -> None:
    network, inputs = graph_network(every_activation()), torch.from_numpy(sample_inputs(every_activation()))
    assert torch.equal(torch.stack([network(sample) for sample in inputs]), network(inputs))


def test_an_idle_output_is_zero_and_a_neuron_without_inputs_too() -> None:
    network = graph_network(with_dead_neurons())
    assert network(torch.tensor([1.0, 3.0])).tolist() == [2.0, 0.0]  # cos(pi) + 3, and nothing
    assert len(network.activations) == 3


def test_only_learned_weights_are_parameters() -> None:
    assert not list(graph_network(every_activation()).parameters())
    genome = learner_with_feedback()
    (weights,) = graph_network(genome).parameters()
    assert genome.weights is not None
    assert sorted(weights.tolist()) == sorted(genome.weights.tolist())


def test_training_goes_on_and_what_was_learned_is_saved_and_loaded(tmp_path: Path) -> None:
    for name in ("weights and feedback", "stack of every layer"):
        entry = ENTRIES[name]()
        export_entries([entry], tmp_path / f"{entry.id}.pt")
        network = load(tmp_path / f"{entry.id}.pt")
        assert not network.training
        inputs = torch.from_numpy(sample_inputs(entry.genome).astype(np.float32))
        targets = torch.ones_like(network(inputs))
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01)

        def loss(network: Any = network, inputs: Any = inputs, targets: Any = targets) -> torch.Tensor:
            return torch.nn.functional.mse_loss(network(inputs), targets)

        before = loss().item()
        network.train()
        for _ in range(30):
            optimizer.zero_grad()
            loss().backward()  # type: ignore[no-untyped-call]  # torch's
            optimizer.step()
        network.eval()
        assert loss().item() < before
        torch.save(network.state_dict(), tmp_path / "further.pt")
        assert torch.equal(load(tmp_path / "further.pt")(inputs), network(inputs))


def test_a_gradient_is_the_one_that_differences_give() -> None:
    network = graph_network(learner_with_feedback())
    inputs = torch.from_numpy(sample_inputs(learner_with_feedback())[:3])
    weights = network.weights
    assert weights is not None
    gradient = torch.autograd.grad(network(inputs).square().sum(), weights)[0]
    with torch.no_grad():
        for place in range(len(weights)):
            ends = []
            for shift in (1e-6, -1e-6):
                weights[place] += shift
                ends.append(network(inputs).square().sum().item())
                weights[place] -= shift
            assert gradient[place].item() == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-6)


def test_a_stack_is_a_sequence_of_the_modules_of_torch() -> None:
    state = {name: torch.from_numpy(array) for name, array in arrays_of(stack(weighted=True)).items()}
    network = LayerNetwork(state)
    assert [type(module).__name__ for module in network] == [
        *("Identity", "Linear", "ReLU", "BatchNorm1d", "Dropout", "Linear", "Tanh", "LeakyReLU"),
        *(
            "Linear",
            "Softplus",
            "Sigmoid",
            "Softplus",
            "Linear",
            "Sigmoid",
            "Tanh",
            "ReLU",
            "Linear",
            "Linear",
        ),
    ]
    assert network[4].p == 0.3
    assert network[7].negative_slope == 0.15


def test_batches_normalise_and_run_on_as_ours_do() -> None:
    genome = LayerGenome(4, 3, (DenseLayer(5, "relu"), BatchNormLayer()), seed=2)
    state = {name: torch.from_numpy(array) for name, array in arrays_of(genome).items()}
    theirs, ours = LayerNetwork(state).train(), OurLayerNetwork(genome)
    images = torch.from_numpy(sample_inputs(genome).astype(np.float32))
    for training in (True, True, False):
        theirs.train(training)
        torch.testing.assert_close(theirs(images), ours(images, training=training))


def test_the_files_need_only_torch_and_each_other(tmp_path: Path) -> None:
    entry = ENTRIES["every activation"]()
    export_entries([entry], tmp_path / "elite.pt")
    program = (
        "import sys, torch\n"
        "from elite import load\n"
        "network = load()\n"
        "assert not any(name.split('.')[0] in ('galapagos', 'library_store') for name in sys.modules)\n"
        "print(network(torch.ones(3)).tolist())\n"
    )
    # -P and -I leave out the directory of the program, so it is put on the path by hand.
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{program}"
    answer = subprocess.run(
        [sys.executable, "-I", "-B", "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    expected = outputs_of(entry.genome, np.ones((1, 3)), (1.7,))[0, 0]
    assert ast.literal_eval(answer.stdout) == expected.tolist()


def test_the_loader_imports_torch_and_the_standard_library_only() -> None:
    imported = set()
    for node in ast.walk(ast.parse(LOADER.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).split(".")[0])
    assert imported - sys.stdlib_module_names == {"torch"}


def test_a_state_is_tensors_that_load_without_trust(tmp_path: Path) -> None:
    for genome in (every_activation(), learner_with_feedback(), stack(weighted=True)):
        (tmp_path / "state.pt").write_bytes(torch_file(genome, None))
        state = torch.load(tmp_path / "state.pt", weights_only=True)
        assert type(state) is dict
        assert all(type(values) is torch.Tensor for values in state.values())
