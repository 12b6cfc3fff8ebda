"""Images as a task for stacks of layers: a network learns, and fitness is its accuracy on held-out images."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from galapagos.evaluation import Evaluation, EvaluationData, Failed
from galapagos.genomes.layers import LayerGenome
from galapagos.learning.devices import require_cuda
from galapagos.randomness import SHARED_SEED, Purpose, generator
from galapagos.tasks.datasets import Images
from galapagos.tasks.fitting import size_misfit
from galapagos.tasks.image_task import ImageTask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.learning.layer_training import LabelledImages, TrainedLayers
    from galapagos.parameters import Parameters


class LayersTask(ImageTask):
    """Classification of raw images, neither resized nor deskewed, by stacks of layers (Galápagos Nǎo).

    Networks are trained on all training images but the last ones, which are held out: the accuracy on these
    is the fitness. The test images are reported. The order of the images in an epoch is the same in all runs,
    so a network has the same fitness in every generation.

    Args:
        parameters: Reads `dataset`, `data_dir`, `optimizer`, `lr`, `batch_size`, `num_epochs`,
            `inherit_weights` and `use_cuda`.

    Raises:
        UnknownTask: Where there is no such data set.
    """

    is_repeatable = True

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters, Images.RAW)
        self._device = "cuda" if parameters.use_cuda else "cpu"
        self._data: tuple[LabelledImages, LabelledImages, LabelledImages] | None = None

    @property
    def fitness_range(self) -> tuple[float, float]:
        """The (low, high) fitness that the QD score maps to 0 and 1."""
        return 0.0, 1.0

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""
        if not isinstance(genome, LayerGenome):
            return f"{self.name} is learned by stacks of layers here, this is another kind of network"
        return size_misfit(genome, self)

    def prepare(self, announce: Callable[[], None]) -> None:  # noqa: ARG002 - nothing is compiled here
        """Import torch and load the images.

        Raises:
            InvalidParameters: Where `use_cuda` asks for a device that is not there.
            UnknownTask: Where the files of the data set are missing or damaged.
        """
        if self._parameters.use_cuda:
            require_cuda()
        self._labelled()

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, trained one after the other: the same in any company.

        By a plan for the test they are trained in the same way, and fitness is the accuracy on test images.
        """
        return [self._evaluate_one(genome, plan) for genome in genomes]

    def _evaluate_one(self, genome: Genome, plan: EvaluationPlan) -> Outcome:
        problem = self.misfit(genome)
        if problem is not None or not isinstance(genome, LayerGenome):
            return Failed("error", problem or "")
        from galapagos.learning.layer_training import LayerSettings, train_layers

        began = time.process_time()
        parameters = self._parameters
        training, validation, test = self._labelled()
        trained = train_layers(
            genome,
            LayerSettings(
                optimizer=parameters.optimizer,
                lr=parameters.lr,
                batch_size=parameters.batch_size,
                num_epochs=parameters.num_epochs,
                order_of=self._order_of,
                device=self._device,
            ),
            training=training,
            validation=validation,
            test=test,
        )
        if isinstance(trained, Failed):
            return trained
        return self._evaluation(trained, plan, time.process_time() - began)

    def _evaluation(self, trained: TrainedLayers, plan: EvaluationPlan, seconds: float) -> Evaluation:
        shape, objectives = self._shape, {"accuracy": trained.accuracy}
        if plan.data is EvaluationData.TEST:
            fitness, trials = trained.test_accuracy, shape.num_test
        else:
            fitness, trials = trained.validation_accuracy, shape.num_validation
            objectives["validation_accuracy"] = fitness
        seen = (shape.num_train - shape.num_validation) * len(trained.by_epoch)
        return Evaluation(
            fitness=fitness,
            objectives={
                "mean": fitness,
                "max": fitness,
                **objectives,
                "test_accuracy": trained.test_accuracy,
            },
            by_weight=(),
            trials=trials,
            standard_deviation=0.0,
            steps=seen + shape.num_validation * len(trained.by_epoch) + shape.num_test,
            seconds=seconds,
            by_epoch=trained.by_epoch,
            trained=trained.weights if self._parameters.inherit_weights else None,
        )

    def _order_of(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the training images in an epoch, the same for all networks of all runs."""
        count = self._shape.num_train - self._shape.num_validation
        return generator(SHARED_SEED, epoch, Purpose.BATCHES).permutation(count)

    def _labelled(self) -> tuple[LabelledImages, LabelledImages, LabelledImages]:
        """Return the images to train on, those held out, and those for the test."""
        if self._data is None:
            from galapagos.learning.layer_training import labelled_images

            loaded = self._dataset()
            images, labels = loaded.train_images, loaded.train_labels
            first_held_out = len(labels) - loaded.num_validation
            self._data = (
                labelled_images(images[:first_held_out], labels[:first_held_out], self._device),
                labelled_images(images[first_held_out:], labels[first_held_out:], self._device),
                labelled_images(loaded.test_images, loaded.test_labels, self._device),
            )
        return self._data
