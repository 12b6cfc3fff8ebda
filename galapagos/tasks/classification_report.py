"""What a network says of each test image: which classes it takes for which, and the images it gets wrong."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome, InvalidParameters
from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan, Failed
from galapagos.genomes.layers import LayerGenome
from galapagos.tasks.datasets import Images, load_dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.evaluation import Task
    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters

OF_IMAGES = frozenset({"wann-classification", "wlnn", "learning", "layers"})
"""The kinds of experiment whose networks tell images apart."""

_IMAGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, eq=False)
class ClassificationReport:
    """What a network says of the test images.

    Args:
        images: float32 (images, inputs), each number in 0 to 1: what the network sees.
        labels: int64 (images,), the class of each.
        predictions: int64 (images,), the class it says; the first of equal outputs.
        beliefs: float64 (images,), the softmax of the output of the class it says.
        num_classes: Classes are 0 to one less.
        weight: The weight that all connections share; None where each has its own.
        epochs: How long it was trained for this report; 0 where it came with what it had learned.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    beliefs: NDArray[np.float64]
    num_classes: int
    weight: float | None = None
    epochs: int = 0

    @property
    def accuracy(self) -> float:
        """The share of images that it classifies rightly."""
        return float((self.predictions == self.labels).mean())

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts (classes, classes) of images by the right class (row) and the one it says (column)."""
        places = self.labels * self.num_classes + self.predictions
        counts = np.bincount(places, minlength=self.num_classes**2).astype(np.int64)
        return counts.reshape(self.num_classes, self.num_classes)

    @property
    def wrong(self) -> NDArray[np.int64]:
        """The numbers of the images it gets wrong, those first that it is surest of."""
        wrong = np.flatnonzero(self.predictions != self.labels)
        return wrong[np.argsort(-self.beliefs[wrong], kind="stable")]


def classification_report(
    genome: Genome,
    parameters: Parameters,
    *,
    weight: float | None = None,
    has_learned: bool = False,
) -> ClassificationReport:
    """Return what a network says of the test images of its task.

    A network that learns and did not bring what it learned learns it again first, as in its evaluation: the
    result is the same, bit for bit on the CPU.

    Args:
        genome: The network.
        parameters: Those of its run.
        weight: The weight that all connections share; by default the best one on the images of archive
            fitness. Networks that learn have their own.
        has_learned: Whether the genome's weights are those after learning.

    Raises:
        InvalidParameters: Where the experiment has no images.
        InvalidGenome: Where the network does not fit the task, or cannot be evaluated.
        UnknownTask: Where the data set is missing or damaged.
    """
    from galapagos.tasks.catalogue import build_task

    if parameters.experiment not in OF_IMAGES:
        raise InvalidParameters([f"networks of {parameters.experiment} see no images"])
    learns = parameters.experiment != "wann-classification"
    task = build_task(parameters.changed(inherit_weights=True) if learns else parameters)
    problem = task.misfit(genome)
    if problem is not None:
        raise InvalidGenome(problem)
    trained_for = 0
    if not learns:
        weight = _best_weight(task, genome, parameters) if weight is None else weight
    elif not has_learned:
        genome, trained_for = _learn(task, genome, parameters)
    kind = Images.RAW if parameters.experiment == "layers" else Images.PREPROCESSED
    dataset = load_dataset(parameters.dataset, kind, data_dir=parameters.data_dir)
    logits = _logits(genome, 1.0 if learns or weight is None else weight, dataset.test_images)
    if not np.isfinite(logits).all():
        raise InvalidGenome("an output is not a finite number for some of the test images")
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return ClassificationReport(
        images=dataset.test_images,
        labels=dataset.test_labels,
        predictions=logits.argmax(axis=1),
        beliefs=shifted.max(axis=1) / shifted.sum(axis=1),
        num_classes=dataset.num_classes,
        weight=None if learns else weight,
        epochs=trained_for,
    )


def _best_weight(task: Task, genome: Genome, parameters: Parameters) -> float | None:
    plan = EvaluationPlan((0,), parameters.weight_values, EvaluationData.ARCHIVE)
    return _evaluated(task, genome, plan).best_weight


def _learn(task: Task, genome: Genome, parameters: Parameters) -> tuple[Genome, int]:
    """Return a network as it is after learning, and how long it learned."""
    plan = EvaluationPlan((0,), parameters.weight_values, EvaluationData.ARCHIVE)
    if parameters.experiment != "learning":
        return _with_learned(genome, _evaluated(task, genome, plan))
    for epoch in range(parameters.num_epochs):
        found = _evaluated(task, genome, dataclasses.replace(plan, first_epoch=epoch))
        plan = dataclasses.replace(plan, optimizer_state=found.optimizer_state)
        genome, _ = _with_learned(genome, found)
    return genome, parameters.num_epochs


def _with_learned(genome: Genome, evaluation: Evaluation) -> tuple[Genome, int]:
    if evaluation.trained is None:
        raise InvalidGenome("the network did not keep what it learned")
    count = len(evaluation.by_epoch)
    return genome.with_trained(evaluation.trained, count), count


def _evaluated(task: Task, genome: Genome, plan: EvaluationPlan) -> Evaluation:
    outcome = task.evaluate([genome], plan)[0]
    if isinstance(outcome, Failed):
        raise InvalidGenome(f"the network could not be evaluated ({outcome.kind}): {outcome.message}")
    return outcome


def _logits(genome: Genome, weight: float, images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the outputs (images, classes) of a network."""
    if isinstance(genome, LayerGenome):
        return _logits_of_layers(genome, images)
    from galapagos.networks.outputs import network_outputs

    graph = genome.as_graph()
    parts = range(0, len(images), _IMAGES_AT_ONCE)
    return np.concatenate(
        [network_outputs(graph, images[first : first + _IMAGES_AT_ONCE], [weight])[0] for first in parts]
    )


def _logits_of_layers(genome: LayerGenome, images: NDArray[np.float32]) -> NDArray[np.float64]:
    import torch

    from galapagos.networks.layer_network import LayerNetwork

    network = LayerNetwork(genome)
    parts = range(0, len(images), _IMAGES_AT_ONCE)
    with torch.inference_mode():
        # Copied, because torch warns of arrays that cannot be written.
        logits = [
            network(torch.from_numpy(images[first : first + _IMAGES_AT_ONCE].copy()), training=False)
            for first in parts
        ]
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = torch.cat(logits).double().numpy()
    return values
