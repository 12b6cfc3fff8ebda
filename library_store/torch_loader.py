"""A network that Galápagos evolved, for PyTorch: this file and the .pt file that was saved with it.

    from NAME import load               # NAME.py is this file; it may be renamed and moved

    network = load("NAME.pt")           # without a path: the file beside this one, of the same name
    outputs = network(inputs)           # (..., inputs) -> (..., outputs)
    network.train()                     # what it learned are parameters: training can go on, and
    torch.save(network.state_dict(), "further.pt")          # load("further.pt") takes up from there

The .pt file is a dictionary of tensors without any code. All that is needed is PyTorch, 2.0 or newer.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BIAS_ROW, ZERO_ROW, FIRST_INPUT_ROW = 0, 1, 2


def load(path: str | Path | None = None) -> GraphNetwork | LayerNetwork:
    """Return the network of a .pt file, ready to be evaluated; by default of the one beside this file."""
    path = Path(__file__).with_suffix(".pt") if path is None else path
    state = torch.load(path, map_location="cpu", weights_only=True)
    return (LayerNetwork(state) if "types" in state else GraphNetwork(state)).eval()


class GraphNetwork(nn.Module):
    """A feed-forward graph of neurons (Gaier & Ha 2019), in float64.

    Values stand in rows: the bias (1), a row of zeros, the inputs, then every neuron that reads something, by
    layer and, within one, by activation. What a neuron reads is added up in the order of Galápagos, so that
    on a CPU the outputs are the same, bit for bit.

    Attributes:
        weights: (connections,): a parameter where weights were learned, else None.
        shared_weight: The weight that all connections share; the best one that was tried, 1 where weights
            were learned.
        activations: (neurons,): the number of each neuron's activation, see `ACTIVATIONS`.
        layers: (neurons,): the layer of each neuron.
        sources: (connections,): the row that each connection reads.
        targets: (connections,): the neuron, from 0, that each leads to.
        outputs: (outputs,): the row of each output.
        num_inputs: The number of inputs.
    """

    weights: nn.Parameter | None
    shared_weight: Tensor
    activations: Tensor
    layers: Tensor
    sources: Tensor
    targets: Tensor
    outputs: Tensor
    num_inputs: Tensor

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        for name, values in state.items():
            if name != "weights":
                self.register_buffer(name, values)
        self.weights = nn.Parameter(state["weights"]) if "weights" in state else None
        self._runs = list(_runs(state["layers"].tolist(), state["activations"].tolist(), state["targets"]))

    def forward(self, inputs: Tensor, weight: Tensor | float | None = None) -> Tensor:
        """Return the outputs (..., outputs) of inputs (..., inputs).

        Args:
            inputs: Without the bias.
            weight: The weight that all connections share, in place of `shared_weight`.
        """
        count = int(self.num_inputs)
        if inputs.shape[-1] != count:
            raise ValueError(f"the network has {count} inputs, these have {inputs.shape[-1]}")
        shared = self.shared_weight if weight is None else weight
        samples = inputs.to(torch.float64).reshape(-1, count).T
        rows = FIRST_INPUT_ROW + count + len(self.activations)
        values = samples.new_zeros(rows, samples.shape[1])
        values[BIAS_ROW] = 1.0
        values[FIRST_INPUT_ROW : FIRST_INPUT_ROW + count] = samples
        for activation, begin, end, edges in self._runs:
            read = values[self.sources[edges]]
            if self.weights is not None:
                read = self.weights[edges, None] * read
            sums = samples.new_zeros(end - begin, samples.shape[1])
            sums = sums.index_add(0, self.targets[edges] - begin, read)
            first = FIRST_INPUT_ROW + count
            values[first + begin : first + end] = ACTIVATIONS[activation](shared * sums)
        return values[self.outputs].T.reshape(*inputs.shape[:-1], len(self.outputs))


def _runs(
    layers: list[int], activations: list[int], targets: Tensor
) -> Iterator[tuple[int, int, int, slice]]:
    """Yield what can be computed at once: (activation, first neuron, the one after the last, connections)."""
    edges = [0, *torch.bincount(targets, minlength=len(layers)).cumsum(0).tolist()]
    begin = 0
    for (_, activation), run in groupby(zip(layers, activations, strict=True)):
        end = begin + len(list(run))
        yield activation, begin, end, slice(edges[begin], edges[end])
        begin = end


class LayerNetwork(nn.Sequential):
    """A stack of layers with its output layer on top, in float32; inputs are (samples, inputs).

    Attributes:
        types: (modules,): the number of each module's type, see `MODULES`.
        numbers: (modules,): the rate of dropout or the slope of a leaky ReLU, 0 for others.
    """

    types: Tensor
    numbers: Tensor

    def __init__(self, state: dict[str, Tensor]) -> None:
        modules = []
        for place, (type_, number) in enumerate(
            zip(state["types"].tolist(), state["numbers"].tolist(), strict=True)
        ):
            weight = state.get(f"{place}.weight", torch.empty(0))
            modules.append(MODULES[type_](weight.shape, number))
        super().__init__(*modules)
        self.register_buffer("types", state["types"])
        self.register_buffer("numbers", state["numbers"])
        self.load_state_dict(state)


MODULES: tuple[Callable[[torch.Size, float], nn.Module], ...] = (
    lambda shape, _: nn.Linear(shape[1], shape[0]),
    lambda *_: nn.ReLU(),
    lambda *_: nn.Sigmoid(),
    lambda *_: nn.Tanh(),
    lambda *_: nn.Softplus(),
    lambda _, rate: nn.Dropout(rate),
    lambda shape, _: nn.BatchNorm1d(shape[0], eps=1e-5, momentum=0.1),
    lambda _, slope: nn.LeakyReLU(slope),
    lambda *_: nn.Identity(),
)
"""What makes a module from the shape of its weight and its number, by type."""


# The activations as Galápagos computes them: polynomials on a reduced range (minimax fits by the Remez
# algorithm, errors within 1e-15), in additions and multiplications that are the same on every machine.
# Sine and cosine are in units of pi, so that they are exactly 0 where they should be.

_S0, _S1, _S2 = 3.141592653589793, -5.167712780049969, 2.550164039877295
_S3, _S4, _S5 = -0.5992645293187383, 0.08214588656989288, -0.007370430478763268
_S6, _S7, _S8 = 0.0004662996887724017, -2.1903185412186283e-05, 7.694727204531601e-07

_E0, _E1, _E2 = 0.5000000000000006, 0.16666666666666585, 0.041666666666576924
_E3, _E4, _E5 = 0.00833333333339175, 0.001388888893154543, 0.00019841269714984311
_E6, _E7, _E8 = 2.4801505281650967e-05, 2.7557410701102035e-06, 2.7626036942717336e-07
_E9 = 2.505286993912322e-08

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471804855391, 7.440617110012397e-11


def _sign(x: Tensor) -> Tensor:
    # Not torch.sign and torch.abs: the slope at 0 would be lost.
    return torch.where(x < 0.0, -1.0, 1.0).to(x.dtype)


def _sine_of_quarter(turn: Tensor) -> Tensor:
    """Return sin(pi turn) for turns from -1/2 to 1/2."""
    u = turn * turn
    u2 = u * u
    low = (_S0 + _S1 * u) + u2 * (_S2 + _S3 * u)
    high = (_S4 + _S5 * u) + u2 * ((_S6 + _S7 * u) + u2 * _S8)
    return turn * (low + (u2 * u2) * high)


def _within_one_turn(x: Tensor) -> Tensor:
    remainder = x - 2.0 * torch.round(x * 0.5)
    return torch.where(x.abs() >= 2.0**52, x * 0.0, remainder)


def sine(x: Tensor) -> Tensor:
    """Return sin(pi x)."""
    turn = _within_one_turn(x)
    sign = _sign(turn)
    size = turn * sign
    return _sine_of_quarter(sign * torch.where(size > 0.5, 1.0 - size, size))


def cosine(x: Tensor) -> Tensor:
    """Return cos(pi x)."""
    turn = _within_one_turn(x)
    return _sine_of_quarter(0.5 - turn * _sign(turn))


def _power_and_rest(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return (2^k, e^r - 1) with x = k ln 2 + r."""
    k = torch.round(x.detach() * _LOG2_E)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (_E0 + _E1 * r) + r2 * (_E2 + _E3 * r)
    middle = (_E4 + _E5 * r) + r2 * (_E6 + _E7 * r)
    rest = r + r2 * (low + r4 * (middle + r4 * (_E8 + _E9 * r)))
    power = ((torch.nan_to_num(k).to(torch.int64) + 1023) << 52).view(torch.float64)
    return power, rest


def _exponential(x: Tensor) -> Tensor:
    power, rest = _power_and_rest(x.clamp(-708.0, 709.0))
    return power + power * rest


def gaussian(x: Tensor) -> Tensor:
    """Return exp(-x^2 / 2)."""
    return _exponential(-0.5 * (x * x))


def sigmoid(x: Tensor) -> Tensor:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + _exponential(-x))


def tanh(x: Tensor) -> Tensor:
    """Return the hyperbolic tangent."""
    sign = _sign(x)
    size = x * sign
    power, rest = _power_and_rest(torch.where(size > 22.0, 44.0, size + size))
    growth = power * rest + (power - 1.0)
    return sign * (growth / (growth + 2.0))


def step(x: Tensor) -> Tensor:
    """Return 1 above 0, else 0; its slope is 0."""
    return (x > 0.0).to(x.dtype)


ACTIVATIONS: dict[int, Callable[[Tensor], Tensor]] = {
    1: lambda x: x,
    2: step,
    3: sine,
    4: gaussian,
    5: tanh,
    6: sigmoid,
    7: torch.neg,
    8: torch.abs,
    9: torch.relu,
    10: cosine,
    11: lambda x: x * x,
}
"""The function of each activation, by its number in the published networks."""
