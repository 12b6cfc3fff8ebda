"""The published measures, on a task whose returns are known exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.errors import InvalidGenome
from galapagos.evaluation import Evaluation, EvaluationPlan, Failed, Outcome, WeightResult
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.randomness import Purpose, trial_seeds
from galapagos.tasks.fitting import graph_misfit
from galapagos.tasks.measures import (
    given_weights,
    random_shared_weight,
    random_weights,
    tuned_shared_weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.genomes.genome import Genome

GENOME = graph_genome(
    num_inputs=2,
    num_outputs=1,
    activations=[Activation.LINEAR] * 3 + [Activation.TANH],
    connections=[(0, 2), (0, 3), (1, 3), (3, 2)],
)


@dataclass
class ScriptedTask:
    """A task whose return is a function of network, weight and start; it remembers what it was asked."""

    returns: Callable[[GraphGenome, float, int], float]
    name: str = "scripted"
    num_inputs: int = 2
    num_outputs: int = 1
    fitness_range: tuple[float, float] = (0.0, 1.0)
    asked: list[tuple[GraphGenome, EvaluationPlan]] = field(default_factory=list)
    failure: Failed | None = None
    is_repeatable: bool = False

    def misfit(self, genome: Genome) -> str | None:
        return graph_misfit(genome, self)

    def prepare(self, announce: Callable[[], None]) -> None:
        announce()

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        return [self._one(genome, plan) for genome in genomes]

    def _one(self, genome: Genome, plan: EvaluationPlan) -> Outcome:
        assert isinstance(genome, GraphGenome)
        self.asked.append((genome, plan))
        if self.failure is not None:
            return self.failure
        table = np.array(
            [
                [self.returns(genome, weight, seed) for seed in plan.trial_seeds]
                for weight in plan.weight_values
            ]
        )
        return Evaluation(
            fitness=float(table.mean()),
            objectives={"mean": float(table.mean()), "max": float(table.mean(axis=1).max())},
            by_weight=tuple(
                WeightResult(weight, float(row.mean()), float(row.std()), len(row))
                for weight, row in zip(plan.weight_values, table, strict=True)
            ),
            trials=table.shape[1],
            standard_deviation=float(table.std()),
            steps=10 * table.size,
            seconds=0.5,
        )


def test_given_weights_are_scored_each_on_the_same_starts() -> None:
    task = ScriptedTask(lambda _, weight, seed: weight + seed % 2)
    found = given_weights(task, GENOME, weights=(-1.0, 2.0), num_trials=50, seed=3)
    starts = trial_seeds(3, 0, Purpose.TEST, 50)
    odd = sum(start % 2 for start in starts) / 50
    assert found.fitness == pytest.approx(0.5 + odd)
    assert found.objectives == {"mean": found.fitness, "max": pytest.approx(2 + odd)}
    assert [(one.weight, one.trials) for one in found.weights] == [(-1.0, 50), (2.0, 50)]
    assert [one.mean for one in found.weights] == pytest.approx([-1 + odd, 2 + odd])
    assert (found.steps, found.seconds) == (1000, 0.5)


def test_more_trials_begin_with_the_same_starts() -> None:
    task = ScriptedTask(lambda *_: 0.0)
    given_weights(task, GENOME, weights=(1.0,), num_trials=5, seed=3)
    given_weights(task, GENOME, weights=(1.0,), num_trials=9, seed=3)
    few, many = (plan.trial_seeds for _, plan in task.asked)
    assert many[:5] == few


def test_random_weights_are_one_draw_of_every_connection_for_each_episode() -> None:
    task = ScriptedTask(lambda *_: 1.0)
    random_weights(task, GENOME, num_trials=400, seed=0)
    assert len(task.asked) == 400
    drawn = np.array([genome.weights for genome, _ in task.asked])
    assert drawn.shape == (400, 4)
    assert len(np.unique(drawn)) == drawn.size
    assert all(plan.weight_values == (1.0,) for _, plan in task.asked)
    assert tuple(plan.trial_seeds[0] for _, plan in task.asked) == trial_seeds(0, 0, Purpose.TEST, 400)
    assert_uniform(drawn.ravel())


def test_a_random_shared_weight_is_one_draw_for_each_episode() -> None:
    task = ScriptedTask(lambda *_: 1.0)
    random_shared_weight(task, GENOME, num_trials=1600, seed=0)
    assert all(genome.weights is None for genome, _ in task.asked)
    assert all(len(plan.weight_values) == len(plan.trial_seeds) == 1 for _, plan in task.asked)
    assert_uniform(np.array([plan.weight_values[0] for _, plan in task.asked]))


def assert_uniform(drawn: np.ndarray) -> None:
    """Compare 1,600 draws with the uniform distribution on (-2, 2).

    Kolmogorov-Smirnov: the distance exceeds 1.95 / sqrt(n) with probability 2 exp(-2 · 1.95²) = 0.001; the
    seed is fixed, so it does always or never.
    """
    assert drawn.size == 1600
    assert drawn.min() >= -2
    assert drawn.max() < 2
    ranks = (np.arange(drawn.size) + 0.5) / drawn.size
    assert np.abs(np.sort(drawn) - (4 * ranks - 2)).max() / 4 < 1.95 / math.sqrt(drawn.size)


def test_draws_are_summed_up_as_mean_and_deviation() -> None:
    task = ScriptedTask(lambda _, weight, __: 1.0 if weight > 0 else 0.0)
    found = random_shared_weight(task, GENOME, num_trials=200, seed=1)
    positive = sum(plan.weight_values[0] > 0 for _, plan in task.asked) / 200
    assert found.fitness == pytest.approx(positive)
    assert found.objectives == {"mean": found.fitness, "max": found.fitness}
    [result] = found.weights
    assert (result.weight, result.trials) == (None, 200)
    assert result.std == pytest.approx(math.sqrt(positive * (1 - positive)))
    assert (found.steps, found.seconds) == (2000, 100.0)


def test_the_tuned_weight_is_the_best_of_401_and_is_scored_on_other_starts() -> None:
    task = ScriptedTask(lambda _, weight, seed: -((weight - 0.78) ** 2) + 1e-3 * (seed % 7))
    found = tuned_shared_weight(task, GENOME, num_trials=100, seed=0)
    [result] = found.weights
    assert (result.weight, result.trials) == (0.78, 100)
    searched = [plan for _, plan in task.asked[:-1]]
    weights = [weight for plan in searched for weight in plan.weight_values]
    assert weights == [round(-2 + step * 0.01, 12) for step in range(401)]
    assert {len(plan.trial_seeds) for plan in searched} == {40}
    assert len({plan.trial_seeds for plan in searched}) == 1
    assert not set(searched[0].trial_seeds) & set(task.asked[-1][1].trial_seeds)
    assert found.steps == 10 * (401 * 40 + 100)


def test_the_same_seed_measures_the_same() -> None:
    task = ScriptedTask(lambda _, weight, seed: weight * (seed % 100))
    assert random_shared_weight(task, GENOME, num_trials=20, seed=5) == random_shared_weight(
        task, GENOME, num_trials=20, seed=5
    )
    assert random_shared_weight(task, GENOME, num_trials=20, seed=6) != random_shared_weight(
        task, GENOME, num_trials=20, seed=5
    )


def test_a_network_that_does_not_fit_the_task_is_refused() -> None:
    task = ScriptedTask(lambda *_: 0.0, num_inputs=5)
    with pytest.raises(InvalidGenome, match="the network has 2 inputs and 1 outputs; scripted needs 5 and 1"):
        given_weights(task, GENOME, weights=(1.0,), num_trials=1, seed=0)


def test_a_network_that_fails_is_an_error_with_its_reason() -> None:
    task = ScriptedTask(lambda *_: 0.0, failure=Failed("not_finite", "the output is nan"))
    with pytest.raises(InvalidGenome, match=r"could not be evaluated \(not_finite\): the output is nan"):
        random_weights(task, GENOME, num_trials=1, seed=0)
