"""What one turn of a run is called, and how it is numbered, in each kind of experiment."""

from __future__ import annotations

GENERATION, EPOCH = "generation", "epoch"


def step_name(experiment: str) -> str:
    """Return what one turn of a run is: where one network learns, its epochs are the engine's generations."""
    return EPOCH if experiment == "learning" else GENERATION


def step_number(experiment: str, generation: int) -> int:
    """Return how a generation of the engine is numbered: from 0 as there, an epoch from 1."""
    return generation + 1 if step_name(experiment) == EPOCH else generation


def step_text(experiment: str, generation: int, width: int = 0) -> str:
    """Return a generation of the engine as it is told: `generation 12`, `epoch 13`.

    Args:
        experiment: The kind of experiment.
        generation: As the engine counts.
        width: Of the number at least.
    """
    return f"{step_name(experiment)} {step_number(experiment, generation):>{width}}"
