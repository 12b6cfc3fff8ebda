"""Elites of every kind to look at, as a run or the library has them, with nothing that changes by itself."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from galapagos.engine.records.individual_columns import Columns
from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.genomes.founders import founder
from galapagos.parameters import Parameters, special_defaults
from tests.engine.fakes import GENOME
from tests.tui.experiments import LAYERS, WEIGHT_VALUES
from tui.image_reports import ImageReport, report_of
from tui.shown_elite import ShownElite

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "[/nope][@click=app.quit]\x1b]0;x\x07\x9b31m\u202eevil 漢字 " + "x" * 10_000
CHILD, PARENT, INITIAL = "0c2020ad00000003", "0c2020ad00000002", "0c2020ad00000001"


def parameters_of(experiment: str, **changes: Any) -> dict[str, Any]:
    """Return the parameters of an experiment on digits, or of swing-up."""
    values = {**special_defaults(experiment), "experiment": experiment, **changes}
    return Parameters.model_validate(values).model_dump(mode="json")


def swing_up_elite(**changes: Any) -> ShownElite:
    """Return an elite of swing-up with results for each weight."""
    means = (566.1, 610.9, 503.4, 503.5, 605.9, 562.8)
    elite = ShownElite(
        id=CHILD,
        title="Elite 3",
        genome=GENOME.to_json(),
        evaluation={
            "fitness": 558.8,
            "objectives": {"mean": 558.8, "max": 610.9},
            "by_weight": [
                {"weight": weight, "mean": mean, "std": 10.0 + abs(weight), "trials": 16}
                for weight, mean in zip(WEIGHT_VALUES, means, strict=True)
            ],
            "trials": 16,
            "standard_deviation": 47.9,
            "steps": 96_000,
        },
        parameters=parameters_of("wann-gym"),
        operator="add_node",
        parents=(PARENT,),
        generation=214,
    )
    return replace(elite, **changes)


def image_elite(experiment: str, **changes: Any) -> ShownElite:
    """Return an elite of `wann-classification`, `wlnn`, `learning` or `layers` on digits."""
    chosen = Parameters.model_validate(parameters_of(experiment, dataset="digits"))
    genome = founder(64, 10, np.random.default_rng(3), chosen, 0).to_json()
    accuracies = {"accuracy": 0.941, "validation_accuracy": 0.933, "test_accuracy": 0.927}
    evaluation: dict[str, Any] = {
        "fitness": 0.933 if experiment == "layers" else -0.214,
        "objectives": {"mean": -0.214, "max": -0.214, **accuracies},
        "by_weight": [],
        "trials": 270,
        "standard_deviation": 0.0,
        "steps": 1347,
    }
    if experiment == "wann-classification":
        evaluation["standard_deviation"] = 0.3
        evaluation["by_weight"] = [
            {
                "weight": weight,
                "mean": -2.0 + weight / 4,
                "std": 0.2,
                "trials": 1347,
                "accuracy": 0.5 + weight / 8,
            }
            for weight in WEIGHT_VALUES
        ]
    else:
        evaluation["by_epoch"] = [
            {
                "epoch": epoch,
                "loss": 2.0 / epoch,
                "accuracy": 1 - 1 / (1 + epoch),
                "validation_accuracy": 0.933,
            }
            for epoch in range(1, 6)
        ]
        evaluation["by_epoch"][-1]["test_accuracy"] = 0.927
    elite = ShownElite(
        id=CHILD,
        title="Elite 3",
        genome=LAYERS if changes.pop("drawn", False) else genome,
        evaluation=evaluation,
        parameters=chosen.model_dump(mode="json"),
        operator="add_connection",
        parents=(PARENT,),
        generation=9,
        has_learned=experiment == "learning",
    )
    return replace(elite, **changes)


def image_report(*, wrong: int = 12, classes: int = 10, side: int = 8) -> ImageReport:
    """Return what a network might say of test images, the same each time."""
    rng = np.random.default_rng(7)
    confusion = np.diag(np.full(classes, 40))
    told = []
    for number in range(wrong):
        label = number % classes
        said = (label + 1 + number // classes) % classes
        confusion[label, said] += 1
        pixels = base64.b64encode(rng.integers(0, 256, side * side).astype(np.uint8).tobytes()).decode()
        told.append(
            {"number": number, "label": label, "said": said, "belief": 0.99 - number / 100, "pixels": pixels}
        )
    images = int(confusion.sum())
    return report_of(
        orjson.dumps(
            {
                "confusion": confusion.tolist(),
                "accuracy": 1 - wrong / images,
                "images": images,
                "weight": None,
                "epochs": 5,
                "side": side,
                "wrong": told,
            }
        )
    )


def write_family(run_directory: Path) -> None:
    """Write the individuals of a run in which the elite has two ancestors."""
    directory = run_directory / "individuals"
    IndividualsWriter(directory)
    rows = [
        (0, INITIAL, "", "initial", 312.4, 5),
        (120, INITIAL, "", "initial", 300.0, 5),
        (120, PARENT, INITIAL, "add_connection", 420.0, 6),
        (214, CHILD, PARENT, "add_node", 572.1, 8),
    ]
    generation, id, parents, operator, fitness, size = (list(column) for column in zip(*rows, strict=True))
    numbers = np.array(size, dtype=np.int64)
    values = np.array(fitness, dtype=np.float64)
    columns = Columns(
        np.array(generation, dtype=np.int64),
        np.array(id, dtype="U16"),
        np.array(parents, dtype="U16"),
        np.array(operator, dtype="U20"),
        values,
        values,
        values,
        numbers,
        numbers,
        numbers,
    )
    (directory / "000000000-000000214.npz").write_bytes(columns.to_bytes())
