"""The genome of Galápagos Nǎo: a stack of layers, from the inputs up, on which an output layer is put."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np

from galapagos.errors import InvalidGenome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from galapagos.parameter_declarations import ComplexityMeasure, LayerType
    from galapagos.parameters import Parameters

MAX_LAYERS = 256
MAX_UNITS = 4096
MAX_DROPOUT = 0.95
MAX_SLOPE = 1.0
MAX_NEURONS = 100_000
"""The most inputs, and the most outputs."""

MAX_WEIGHTS = 3_000_000
"""The most weights a network can have; with all of them its JSON fits a file of 16 MB."""

MAX_SEED = 2**63 - 1
MAX_EPOCHS = 2**53

LayerFunction = Literal["relu", "sigmoid", "tanh", "softrelu"]
FUNCTIONS: tuple[LayerFunction, ...] = get_args(LayerFunction)
"""What an activation layer can apply; softrelu is ln(1 + eˣ)."""

DenseFunction = Literal["relu", "sigmoid", "tanh", "softrelu", "none"]
DENSE_FUNCTIONS: tuple[DenseFunction, ...] = get_args(DenseFunction)

BATCH_NORM_VALUES = 4
"""Scale, shift, running mean and running variance."""


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """Every unit is a weighted sum of all inputs and a bias, through a function.

    Args:
        units: From 1 to 4096.
        activation: The function, or `none`.
        weights: float32 array (units · inputs + units,): the inherited weights of unit after unit, then the
            biases; None where they are to be drawn. Not part of what makes two layers equal.
    """

    units: int = 64
    activation: DenseFunction = "none"
    weights: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    type: ClassVar[LayerType] = "dense"


@dataclass(frozen=True, slots=True)
class ActivationLayer:
    """A function of every value."""

    function: LayerFunction = "relu"
    type: ClassVar[LayerType] = "activation"


@dataclass(frozen=True, slots=True)
class DropoutLayer:
    """In training every value is 0 at this rate, and the others are scaled up (Srivastava et al. 2014).

    Args:
        rate: From 0 to 0.95.
    """

    rate: float = 0.5
    type: ClassVar[LayerType] = "dropout"


@dataclass(frozen=True, slots=True)
class BatchNormLayer:
    """Every value is normalised over the batch, in evaluation by running statistics (Ioffe & Szegedy 2015).

    Args:
        weights: float32 array (4 · inputs,): what is inherited of scale, shift, running mean and running
            variance; None where it starts anew. Not part of what makes two layers equal.
    """

    weights: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    type: ClassVar[LayerType] = "batch_norm"


@dataclass(frozen=True, slots=True)
class LeakyReluLayer:
    """Values below 0 are multiplied by a slope from 0 to 1."""

    slope: float = 0.2
    type: ClassVar[LayerType] = "leaky_relu"


@dataclass(frozen=True, slots=True)
class FlattenLayer:
    """Makes vectors of images; here values are vectors already, so it changes nothing."""

    type: ClassVar[LayerType] = "flatten"


Layer = DenseLayer | ActivationLayer | DropoutLayer | BatchNormLayer | LeakyReluLayer | FlattenLayer

LAYERS_BY_TYPE: dict[LayerType, type[Layer]] = {layer.type: layer for layer in get_args(Layer)}
"""The class of each type; without arguments it makes a layer of the seed values of Galápagos Nǎo."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerGenome:
    """A stack of layers between inputs and a dense output layer, which is not part of the stack.

    Inherited weights are only there where they fit what is below them, so all of them are used.

    Args:
        num_inputs: Number of inputs, at least 1.
        num_outputs: Number of outputs, at least 1.
        layers: From the inputs up, at most 256; without any the network is a linear classifier.
        seed: At least 0 and below 2⁶³; what draws the weights that are not inherited, and dropout.
        epochs: Epochs of training that the weights had received when the network was born, at least 0.
        output_weights: What the output layer inherits, like `DenseLayer.weights`; None where it is drawn.
    """

    num_inputs: int
    num_outputs: int
    layers: tuple[Layer, ...]
    seed: int
    epochs: int = 0
    output_weights: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for weights in self.inherited():
            if weights is not None:
                weights.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LayerGenome) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.num_inputs, self.num_outputs, self.layers, self.seed, self.epochs))

    @property
    def kind(self) -> str:
        """What tells genomes of different kinds apart in JSON."""
        return "layers"

    def widths(self) -> list[int]:
        """Return how many values go into each layer and, last, into the output layer."""
        widths = [self.num_inputs]
        for layer in self.layers:
            widths.append(layer.units if isinstance(layer, DenseLayer) else widths[-1])
        return widths

    def weight_counts(self) -> list[int]:
        """Return how many weights each layer has and, last, the output layer: the order of growing.

        The four values that batch normalisation keeps for each of its inputs count as weights.
        """
        widths = self.widths()
        counts = [weight_count(layer, width) for layer, width in zip(self.layers, widths, strict=False)]
        return [*counts, (widths[-1] + 1) * self.num_outputs]

    def inherited(self) -> list[NDArray[np.float32] | None]:
        """Return the inherited weights of each layer and, last, of the output layer."""
        return [*(weights_of(layer) for layer in self.layers), self.output_weights]

    def complexity(self, measure: ComplexityMeasure) -> int:
        """Return the number of layers, of units (neurons), or of dense weights with biases (connections).

        The output layer counts for its weights only.
        """
        if measure == "layers":
            return len(self.layers)
        if measure == "neurons":
            return sum(layer.units for layer in self.layers if isinstance(layer, DenseLayer))
        *counts, of_outputs = self.weight_counts()
        dense = [isinstance(layer, DenseLayer) for layer in self.layers]
        return of_outputs + sum(itertools.compress(counts, dense))

    def as_graph(self) -> GraphGenome:
        """Raise InvalidGenome: some of its layers are none of neurons and connections."""
        raise InvalidGenome("a stack of layers is no graph of neurons")

    def mutate(self, rng: np.random.Generator, parameters: Parameters) -> tuple[LayerGenome, str]:
        """Return an offspring and the names of the operators that made it."""
        from galapagos.genomes.layer_mutation import mutate

        return mutate(self, rng, parameters)

    def with_trained(self, trained: NDArray[np.float32], epochs: int) -> LayerGenome:
        """Return a copy whose weights are those that learning led to.

        Args:
            trained: float32 array (sum of `weight_counts()`,), layer after layer, the output layer last.
            epochs: How long it learned; added to those that its weights had received before.

        Raises:
            ValueError: Where there is not one number for each weight.
        """
        counts = self.weight_counts()
        if trained.shape != (sum(counts),):
            raise ValueError(f"weights of shape {trained.shape} for a network of {sum(counts)} weights")
        parts = np.split(trained.astype(np.float32), np.cumsum(counts)[:-1])
        return replace(
            self,
            layers=tuple(with_weights(layer, part) for layer, part in zip(self.layers, parts, strict=False)),
            epochs=self.epochs + epochs,
            output_weights=parts[-1],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object; equal genomes give equal objects."""
        from galapagos.genomes.layer_json import genome_to_json

        return genome_to_json(self)

    @classmethod
    def from_json(cls, data: object) -> LayerGenome:
        """Return the genome of a JSON object, checked in full.

        Raises:
            InvalidGenome: Where a part is missing or wrong; the line names it.
        """
        from galapagos.genomes.layer_json import genome_from_json

        return genome_from_json(data)


def weights_of(layer: Layer) -> NDArray[np.float32] | None:
    """Return the inherited weights of a layer, None where it has none."""
    return layer.weights if isinstance(layer, DenseLayer | BatchNormLayer) else None


def with_weights(layer: Layer, weights: NDArray[np.float32] | None) -> Layer:
    """Return the layer with other inherited weights; a layer that cannot have any stays as it is."""
    return replace(layer, weights=weights) if isinstance(layer, DenseLayer | BatchNormLayer) else layer


def weight_count(layer: Layer, width: int) -> int:
    """Return how many weights a layer has on top of so many values."""
    match layer:
        case DenseLayer():
            return layer.units * (width + 1)
        case BatchNormLayer():
            return BATCH_NORM_VALUES * width
    return 0


def fitted(genome: LayerGenome) -> LayerGenome:
    """Return the genome without the inherited weights that do not fit what is below them.

    Where nothing inherited is left, the epochs that it was trained for do not count any more.
    """
    kept = [
        weights if weights is not None and len(weights) == count else None
        for weights, count in zip(genome.inherited(), genome.weight_counts(), strict=True)
    ]
    return replace(
        genome,
        layers=tuple(
            with_weights(layer, weights) for layer, weights in zip(genome.layers, kept, strict=False)
        ),
        epochs=genome.epochs if any(weights is not None for weights in kept) else 0,
        output_weights=kept[-1],
    )


def size_problem(genome: LayerGenome) -> str | None:
    """Return in one line why a stack is larger than one may be, None where it is not."""
    if len(genome.layers) > MAX_LAYERS:
        return f"a stack has at most {MAX_LAYERS} layers, this one {len(genome.layers)}"
    total = sum(genome.weight_counts())
    if total > MAX_WEIGHTS:
        return f"a network has at most {MAX_WEIGHTS} weights, this one {total}"
    return None


def describe(layer: Layer) -> str:
    """Return a layer as it is shown: `dense 64 relu`, `dropout 0.5`, `flatten`."""
    match layer:
        case DenseLayer():
            return f"{layer.type} {layer.units}" + f" {layer.activation}" * (layer.activation != "none")
        case ActivationLayer():
            return f"{layer.type} {layer.function}"
        case DropoutLayer():
            return f"{layer.type} {layer.rate:.3g}"
        case LeakyReluLayer():
            return f"{layer.type} {layer.slope:.3g}"
    return layer.type
