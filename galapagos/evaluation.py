"""What is asked of a network and what came of it: the values that tasks produce and evolution reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from galapagos.genomes.genome import Genome


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What every network of a generation is evaluated on.

    Args:
        trial_seeds: The seed of each trial's start, in [0, 2³²); the same for every network and every weight.
        weight_values: The shared weights to try, at least one.
    """

    trial_seeds: tuple[int, ...]
    weight_values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WeightResult:
    """The result of one shared weight: mean and standard deviation (ddof 0) of the return over its trials."""

    weight: float
    mean: float
    std: float
    trials: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a network achieved; fitness is always higher for the better.

    Args:
        fitness: The mean over weights and trials.
        objectives: Named values, all higher for the better: at least `mean` and `max` (best weight's mean).
        by_weight: One result a shared weight, in the order of the plan.
        trials: The number of trials a weight.
        standard_deviation: Over all trials of all weights (ddof 0).
        steps: Environment steps taken.
        seconds: Processor time it took; not part of what makes two evaluations equal.
    """

    fitness: float
    objectives: Mapping[str, float]
    by_weight: tuple[WeightResult, ...]
    trials: int
    standard_deviation: float
    steps: int
    seconds: float = field(default=0.0, compare=False)

    @property
    def best_weight(self) -> float:
        """The shared weight with the highest mean; the first of equals."""
        return max(self.by_weight, key=lambda result: result.mean).weight


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


class Task(Protocol):
    """What fitness means; one object serves a worker for as long as its parameters stay."""

    @property
    def name(self) -> str:
        """The name of the environment or data set."""

    @property
    def num_inputs(self) -> int:
        """The number of input neurons, without the bias."""

    @property
    def num_outputs(self) -> int:
        """The number of output neurons."""

    @property
    def fitness_range(self) -> tuple[float, float]:
        """The (low, high) fitness that the QD score maps to 0 and 1."""

    def prepare(self, announce: Callable[[], None]) -> None:
        """Get ready in a worker; `announce` is called first where kernels must be compiled for seconds.

        One process on a machine compiles, the others wait for what it makes.
        """

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company."""
