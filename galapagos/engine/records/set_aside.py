"""Networks that ended their worker or hung, kept as files for whoever wants to know why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from galapagos.engine.files.atomic_files import LITTLE_SPACE, atomic_write, free_bytes
from galapagos.engine.records.individual_json import individual_to_json
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.evaluation import EvaluationPlan, Failed
    from galapagos.evolution.individual import Individual

MOST_FILES = 100
"""Networks that are kept of a run; of a task that fails for all of them the first tell as much as any."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A network that failed in a way that need not come again.

    Args:
        individual: Who it is.
        failed: What happened: `timeout` or `worker_died`.
        generation: In which generation it was evaluated.
        purpose: Why, as `EvaluationPurpose` says it.
        plan: On what.
    """

    individual: Individual
    failed: Failed
    generation: int
    purpose: str
    plan: EvaluationPlan


def set_aside(directory: Path, failure: Failure) -> str:
    """Keep a network in `<id>.json`, which is a file of a network for every command that takes one.

    Args:
        directory: Where it is kept; made where it is not there.
        failure: What is kept, with what it was evaluated on.

    Returns:
        One line on what happened and where the file is, or why there is none.
    """
    name = f"{failure.individual.id}.json"
    line = f"network {failure.individual.id[:8]} counts as failed: {failure.failed.message}"
    try:
        directory.mkdir(exist_ok=True)
        if not (directory / name).exists() and len(list(directory.glob("*.json"))) >= MOST_FILES:
            return plain(f"{line}; {MOST_FILES} are kept in {directory.name} already")
        if free_bytes(directory) < LITTLE_SPACE:
            return plain(f"{line}; it is not kept, since the disk is nearly full")
        atomic_write(directory / name, orjson.dumps(_content(failure), option=orjson.OPT_INDENT_2))
    except OSError as error:
        return plain(f"{line}; it cannot be kept: {error.strerror or error}")
    return plain(f"{line}; it is kept in {directory.name}/{name}")


def _content(failure: Failure) -> dict[str, object]:
    return individual_to_json(failure.individual) | {
        "failed": failure.failed.kind,
        "message": failure.failed.message,
        "evaluated_in": failure.generation,
        "purpose": str(failure.purpose),
        "data": str(failure.plan.data),
        "trial_seeds": list(failure.plan.trial_seeds),
        "weight_values": list(failure.plan.weight_values),
        "first_epoch": failure.plan.first_epoch,
    }
