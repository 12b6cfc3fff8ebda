"""What networks are evaluated on: in a generation, for the archive, and in the test of a champion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.evaluation import EvaluationData, EvaluationPlan
from galapagos.randomness import SHARED_SEED, Purpose, trial_seeds

if TYPE_CHECKING:
    from galapagos.evaluation import Evaluation
    from galapagos.parameters import Parameters

TEST_TRIALS = 100
"""Starts a weight in the test of a champion; never the starts of confirmations."""


def generation_plan(parameters: Parameters, generation: int) -> EvaluationPlan:
    """Return this generation's episodes or batch, the same for all its networks."""
    seeds = trial_seeds(parameters.seed, generation, Purpose.EPISODES, parameters.num_trials)
    return EvaluationPlan(seeds, parameters.weight_values)


def archive_plan(parameters: Parameters) -> EvaluationPlan:
    """Return what archive fitness is measured on, the same in every run."""
    seeds = trial_seeds(SHARED_SEED, 0, Purpose.CONFIRMATION, parameters.confirm_trials)
    return EvaluationPlan(seeds, parameters.weight_values, EvaluationData.ARCHIVE)


def champion_test_plan(parameters: Parameters) -> EvaluationPlan:
    """Return what a champion is tested on: 100 other episodes a weight, or the test images."""
    seeds = trial_seeds(SHARED_SEED, 0, Purpose.TEST, TEST_TRIALS)
    return EvaluationPlan(seeds, parameters.weight_values, EvaluationData.TEST)


def epoch_plan(parameters: Parameters, epoch: int, before: Evaluation | None) -> EvaluationPlan:
    """Return the next epoch of one network that learns.

    Args:
        parameters: Those of the run.
        epoch: From 0.
        before: The evaluation of the epoch before; None for the first.
    """
    state = None if before is None else before.optimizer_state
    seeds = trial_seeds(parameters.seed, 0, Purpose.EPISODES, 1)
    return EvaluationPlan(seeds, parameters.weight_values, first_epoch=epoch, optimizer_state=state)
