"""What is asked of a network and what came of it: the values that tasks produce and evolution reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from galapagos.genomes.genome import Genome


class EvaluationData(StrEnum):
    """Which of a task's data a plan draws on.

    `GENERATION`: those that rank a generation. `ARCHIVE`: those fixed for the task, the same in every run.
    `TEST`: those that are reported and never select.
    """

    GENERATION = "generation"
    ARCHIVE = "archive"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What every network of a generation is evaluated on.

    Args:
        trial_seeds: The seed of each trial's start, in [0, 2³²); the same for every network and every weight.
            Of images the first is the seed of the batch.
        weight_values: The shared weights to try, at least one; networks that learn have their own.
        data: Which of the task's data to draw on.
        first_epoch: Where one network learns epoch by epoch: the epoch to train now, from 0.
        optimizer_state: What the optimizer remembers of the epochs before, as `Evaluation.optimizer_state`.
    """

    trial_seeds: tuple[int, ...]
    weight_values: tuple[float, ...]
    data: EvaluationData = EvaluationData.GENERATION
    first_epoch: int = 0
    optimizer_state: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class WeightResult:
    """The result of one shared weight.

    Args:
        weight: The weight.
        mean: The mean over its trials.
        std: The standard deviation over its trials (ddof 0).
        trials: How many episodes, or images.
        accuracy: The share of images that it classifies rightly; None where there are no images.
    """

    weight: float
    mean: float
    std: float
    trials: int
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One pass over the training images.

    Args:
        epoch: From 1.
        loss: The mean cross-entropy of the training images, each in its batch before the step.
        accuracy: The share of them classified rightly, likewise.
        validation_loss: The same of the held-out images after the epoch; None where none are held out.
        validation_accuracy: Likewise.
        test_accuracy: Of the test images after the epoch; None where it was not asked for.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    test_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a network achieved; fitness is always higher for the better.

    Args:
        fitness: The mean over weights and trials, or what learning came to.
        objectives: Named values, all higher for the better: at least `mean` and `max` (best weight's mean;
            the fitness where a network has its own weights), and of images accuracies, named for what they
            are of: `accuracy`, `max_accuracy`, `validation_accuracy`, `test_accuracy`, `ensemble_accuracy`.
        by_weight: One result a shared weight, in the order of the plan; empty where weights are learned.
        trials: The number of trials a weight; of images how many there were.
        standard_deviation: Over all trials of all weights (ddof 0); 0 where there is one number only.
        steps: Environment steps taken, or images that went through the network.
        seconds: Processor time it took; not part of what makes two evaluations equal.
        by_epoch: One result an epoch; empty where nothing is learned.
        trained: The weights after learning, flat, in the genome's order; only where they are inherited.
        optimizer_state: What the optimizer needs to go on; only where one network learns epoch by epoch.
    """

    fitness: float
    objectives: Mapping[str, float]
    by_weight: tuple[WeightResult, ...]
    trials: int
    standard_deviation: float
    steps: int
    seconds: float = field(default=0.0, compare=False)
    by_epoch: tuple[EpochResult, ...] = ()
    trained: NDArray[np.float32] | None = field(default=None, compare=False)
    optimizer_state: NDArray[np.float32] | None = field(default=None, compare=False)

    @property
    def best_weight(self) -> float | None:
        """The shared weight with the highest mean, the first of equals; None where weights are learned."""
        return max(self.by_weight, key=lambda result: result.mean).weight if self.by_weight else None


@dataclass(frozen=True, slots=True)
class Failed:
    """An evaluation that did not work: ranked last, never an elite, never the end of a run.

    Args:
        kind: `error`, `timeout`, `worker_died` or `not_finite`.
        message: One line, free of control characters.
    """

    kind: str
    message: str


Outcome = Evaluation | Failed


class Sized(Protocol):
    """What networks have to fit: a task, or an environment to be watched in."""

    @property
    def name(self) -> str:
        """The name of the environment or data set."""

    @property
    def num_inputs(self) -> int:
        """The number of input neurons, without the bias."""

    @property
    def num_outputs(self) -> int:
        """The number of output neurons."""


class Task(Sized, Protocol):
    """What fitness means; one object serves a worker for as long as its parameters stay."""

    @property
    def is_repeatable(self) -> bool:
        """Whether a network has the same fitness in every generation.

        Then that is its archive fitness too, and a survivor keeps it without being evaluated again.
        """

    @property
    def fitness_range(self) -> tuple[float, float]:
        """The (low, high) fitness that the QD score maps to 0 and 1."""

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""

    def prepare(self, announce: Callable[[], None]) -> None:
        """Get ready in a worker; `announce` is called first where kernels must be compiled for seconds.

        One process on a machine compiles, the others wait for what it makes.
        """

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company."""
