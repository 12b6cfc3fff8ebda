"""Weight-agnostic networks on images (Gaier & Ha 2019, section 4, "MNIST"; Rieke 2020)."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import EvaluationData, Failed
from galapagos.randomness import SHARED_SEED, Purpose, generator
from galapagos.tasks.classification_outcomes import ensemble_accuracy, outcome_of_sums
from galapagos.tasks.datasets import Images
from galapagos.tasks.fitting import graph_misfit, outcomes_of_graphs
from galapagos.tasks.image_task import ImageTask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome
    from galapagos.parameters import Parameters
    from galapagos.tasks.classification_kernel import ImageBlocks

MOST_ARCHIVE_IMAGES = 10_000
"""Training images that archive fitness is measured on, at most."""

MORE_TEST_WEIGHTS = tuple(np.linspace(-2.0, 2.0, 10).tolist())
"""Shared weights that vote in a test beside those of the run."""


class ClassificationTask(ImageTask):
    """Images of a data set, preprocessed, classified by networks with one shared weight.

    A generation sees one batch of `batch_size` training images, drawn without replacement, the same for
    every network. Archive fitness is measured on at most 10,000 training images, the same in every run.
    Fitness is minus the cross-entropy, the mean over images and weights.

    Args:
        parameters: Reads `dataset`, `data_dir` and `batch_size`.

    Raises:
        UnknownTask: Where there is no such data set.
    """

    is_repeatable = False

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters, Images.PREPROCESSED)
        self._made: dict[EvaluationData, tuple[int, ImageBlocks]] = {}

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""
        return graph_misfit(genome, self)

    def prepare(self, announce: Callable[[], None]) -> None:
        """Load the images, and compile the kernel or load it.

        Raises:
            UnknownTask: Where the files of the data set are missing or damaged.
        """
        from galapagos.tasks.classification_kernel import prepare_classification

        self._dataset()
        prepare_classification(announce)

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company.

        In a test the images are those of the test, ten more weights from -2 to 2 vote beside those of the
        plan, and `ensemble_accuracy` is what they come to; everything else is told of the plan's weights.
        """
        return outcomes_of_graphs(genomes, self.misfit, lambda graphs: self._classified(graphs, plan))

    def _classified(self, networks: list[GraphGenome], plan: EvaluationPlan) -> list[Outcome]:
        from galapagos.tasks.classification_kernel import classify_images

        began = time.process_time()
        blocks = self._blocks(plan)
        sums = classify_images(networks, plan.weight_values, blocks)
        seconds = (time.process_time() - began) / len(networks)
        outcomes = [
            outcome_of_sums(plan.weight_values, rows, images=blocks.count, seconds=seconds) for rows in sums
        ]
        if plan.data is EvaluationData.TEST:
            return [self._voted(*pair, plan) for pair in zip(networks, outcomes, strict=True)]
        return outcomes

    def _voted(self, network: GraphGenome, outcome: Outcome, plan: EvaluationPlan) -> Outcome:
        if isinstance(outcome, Failed):
            return outcome
        dataset = self._dataset()
        weights = (*plan.weight_values, *MORE_TEST_WEIGHTS)
        accuracy = ensemble_accuracy(network, weights, dataset.test_images, dataset.test_labels)
        objectives = {**outcome.objectives, "ensemble_accuracy": accuracy}
        return dataclasses.replace(outcome, objectives=objectives)

    def _blocks(self, plan: EvaluationPlan) -> ImageBlocks:
        """Return the images of a plan, made once: those that stay the same, and the last batch."""
        from galapagos.tasks.classification_kernel import image_blocks

        seed = plan.trial_seeds[0] if plan.data is EvaluationData.GENERATION else 0
        made = self._made.get(plan.data)
        if made is None or made[0] != seed:
            made = self._made[plan.data] = seed, image_blocks(*self._chosen(plan.data, seed))
        return made[1]

    def _chosen(self, data: EvaluationData, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        dataset = self._dataset()
        if data is EvaluationData.TEST:
            return dataset.test_images, dataset.test_labels
        count = len(dataset.train_labels)
        if data is EvaluationData.ARCHIVE:
            chosen = _archive_images(count)
        else:
            chosen = _batch(count, self._parameters.batch_size, seed)
        return dataset.train_images[chosen], dataset.train_labels[chosen]


def _batch(count: int, batch_size: int, seed: int) -> NDArray[np.intp]:
    """Return the images of a generation's batch, drawn without replacement; at most all of them."""
    return np.sort(np.random.default_rng(seed).permutation(count)[:batch_size])


def _archive_images(count: int) -> NDArray[np.intp]:
    """Return the images of archive fitness: the same of a data set in every run, at most 10,000."""
    order = generator(SHARED_SEED, 0, Purpose.CONFIRMATION).permutation(count)
    return np.sort(order[:MOST_ARCHIVE_IMAGES])
