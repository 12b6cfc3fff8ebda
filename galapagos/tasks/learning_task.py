"""Images as a task for graphs of neurons that learn: fitness is minus a loss."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import EvaluationData, Failed
from galapagos.genomes.activation import Activation
from galapagos.learning.devices import require_cuda
from galapagos.learning.training import LearningSettings
from galapagos.randomness import SHARED_SEED, Purpose, generator
from galapagos.tasks.datasets import Images
from galapagos.tasks.fitting import graph_misfit, outcomes_of_graphs
from galapagos.tasks.image_task import ImageTask
from galapagos.tasks.learning_outcomes import LearnedEpoch, learned_outcome, tested_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome
    from galapagos.learning.training import Training
    from galapagos.parameter_declarations import EvaluationPeriod
    from galapagos.parameters import Parameters

TEST_EPOCHS = 10
"""Epochs that a champion is trained before its test, from its initial weights (Rieke 2020)."""


class LearningTask(ImageTask):
    """Classification of images by networks that learn them in each evaluation (Rieke 2020).

    The order of the images in an epoch is the same for all networks of all runs, so a network has the same
    fitness in every generation. The last of the training images are held out where `evaluation_period` is
    `validation`, and only there. The test images are reported.

    In the experiment `learning` an evaluation is one epoch, that of the plan: it begins with the genome's
    weights and what the optimizer remembers, and returns both as they are then. Epoch after epoch that is the
    same, bit for bit, as all in one.

    Args:
        parameters: Reads `experiment`, `dataset`, `data_dir`, `learning_rule`, `optimizer`, `lr`,
            `batch_size`, `batch_size_eval`, `num_epochs`, `evaluation_period`, `inherit_weights`,
            `train_only_outputs`, `use_torch` and `use_cuda`.

    Raises:
        UnknownTask: Where there is no such data set.
    """

    is_repeatable = True

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters, Images.PREPROCESSED)
        self._is_alone = parameters.experiment == "learning"
        holds_out = parameters.evaluation_period == "validation"
        self._num_validation = self._shape.num_validation if holds_out else 0
        # Alone, a network shows its curve: an epoch is told by itself, whatever the period.
        self._period: EvaluationPeriod = (
            "last_epoch" if self._is_alone and not holds_out else parameters.evaluation_period
        )
        self._settings = LearningSettings(
            rule="last_layer" if parameters.train_only_outputs else parameters.learning_rule,
            optimizer=parameters.optimizer,
            lr=parameters.lr,
            batch_size=parameters.batch_size,
        )

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""
        problem = graph_misfit(genome, self)
        if problem is not None:
            return problem
        graph = genome.as_graph()
        if graph.weights is None or graph.feedback is None:
            return (
                f"the network has no weights of its own with feedback; {self.name} needs both to be learned"
            )
        if graph.bias_input:
            return "the network has a bias; networks that learn have none"
        if (graph.activations[graph.first_hidden :] != Activation.RELU).any():
            return "the network has hidden neurons that are not relu; networks that learn have only those"
        return None

    def prepare(self, announce: Callable[[], None]) -> None:
        """Load the images, and compile the kernels, load them, or import torch.

        Raises:
            InvalidParameters: Where `use_cuda` asks for a device that is not there.
            UnknownTask: Where the files of the data set are missing or damaged.
        """
        if self._parameters.use_cuda:
            require_cuda()
        elif self._parameters.use_torch:
            import galapagos.learning.torch_training  # noqa: F401  it imports torch, which takes seconds
        else:
            from galapagos.learning.compiled_training import prepare_training

            prepare_training(announce)
        self._dataset()

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company (on CUDA within a tolerance).

        By a plan for the test each network is trained 10 epochs from its weights; then fitness is minus the
        loss of the test images, and `accuracy` is that of training as ever. The processor time of the chunk
        is shared out by connections.
        """
        return outcomes_of_graphs(genomes, self.misfit, lambda graphs: self._learned(graphs, plan))

    def _learned(self, graphs: Sequence[GraphGenome], plan: EvaluationPlan) -> list[Outcome]:
        began = time.process_time()
        training = self._training(graphs, plan)
        epochs = self._learn(training, plan)
        connections = [graph.num_connections + 1 for graph in graphs]
        second = (time.process_time() - began) / sum(connections)
        return [
            self._outcome(training, number, epochs, plan, second * count)
            for number, count in enumerate(connections)
        ]

    def _training(self, genomes: Sequence[GraphGenome], plan: EvaluationPlan) -> Training:
        memories = [plan.optimizer_state] * len(genomes)
        if not (self._parameters.use_torch or self._parameters.use_cuda):
            from galapagos.learning.compiled_training import CompiledTraining

            return CompiledTraining(genomes, self._settings, memories)
        from galapagos.learning.one_by_one import OneByOne
        from galapagos.learning.torch_training import TorchTraining

        if self._parameters.use_cuda:
            return TorchTraining(genomes, self._settings, memories, device="cuda")
        return OneByOne(
            [TorchTraining([genome], self._settings, [plan.optimizer_state]) for genome in genomes]
        )

    def _learn(self, training: Training, plan: EvaluationPlan) -> list[LearnedEpoch]:
        """Train all epochs of a plan; the test images are shown after the last."""
        data, size = self._dataset(), self._parameters.batch_size_eval
        count = len(data.train_labels) - self._num_validation
        numbers, epochs = self._epochs(plan), list[LearnedEpoch]()
        for number in numbers:
            order = generator(SHARED_SEED, number, Purpose.BATCHES).permutation(count)
            losses = training.train_epoch(data.train_images, data.train_labels, order)
            validation, test = None, None
            if self._num_validation:
                validation = training.score(data.train_images[count:], data.train_labels[count:], size)
            if number == numbers[-1]:
                test = training.score(data.test_images, data.test_labels, size)
            epochs.append(LearnedEpoch(number + 1, losses, validation, test))
        return epochs

    def _epochs(self, plan: EvaluationPlan) -> range:
        if plan.data is EvaluationData.TEST:
            return range(TEST_EPOCHS)
        if self._is_alone:
            return range(plan.first_epoch, plan.first_epoch + 1)
        return range(self._parameters.num_epochs)

    def _outcome(
        self,
        training: Training,
        network: int,
        epochs: list[LearnedEpoch],
        plan: EvaluationPlan,
        seconds: float,
    ) -> Outcome:
        """Return the outcome of one of the networks that were trained together."""
        if plan.data is EvaluationData.TEST:
            outcome = tested_outcome(epochs, network)
        else:
            outcome = learned_outcome(epochs, network, self._period)
        if isinstance(outcome, Failed):
            return outcome
        weights = training.weights(network)
        if not np.isfinite(weights).all():
            return Failed("not_finite", f"a weight after epoch {epochs[-1].number} is not a finite number")
        is_test = plan.data is EvaluationData.TEST
        is_kept = not is_test and (self._is_alone or self._parameters.inherit_weights)
        return replace(
            outcome,
            seconds=seconds,
            trained=weights if is_kept else None,
            optimizer_state=training.memory(network) if self._is_alone and not is_test else None,
        )
