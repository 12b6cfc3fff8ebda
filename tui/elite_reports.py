"""What is computed of an elite here, in processes of their own: scores on more trials, words about images."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import orjson

from tui.aside import run_aside
from tui.image_reports import ImageReport, report_of
from tui.library_evaluation import Measurement, measurement_of

if TYPE_CHECKING:
    from tui.shown_elite import ShownElite


async def evaluate_elite(elite: ShownElite, num_trials: int) -> Measurement:
    """Return what an elite comes to on other starts, or on the test images.

    Args:
        elite: It, with the parameters of its run.
        num_trials: Starts a weight; of images each is seen once.

    Raises:
        GalapagosError: Where it does not work, in a line.
        OSError: Where there is no room for its files.
    """
    with TemporaryDirectory(prefix="galapagos-") as name:
        network, parameters = await asyncio.to_thread(_write_question, elite, Path(name))
        output = await run_aside(
            ("galapagos", "evaluate", network, parameters, "--num_trials", str(num_trials), "--json")
        )
    return measurement_of(output, num_trials)


async def report_images(elite: ShownElite, *, weight: float | None) -> ImageReport:
    """Return what an elite says of the test images of its task.

    Args:
        elite: It, with the parameters of its run.
        weight: The weight that all connections share; None where networks learn, or it is to be found.

    Raises:
        EngineFailed: Where it does not work, in a line.
        OSError: Where no process can be started.
    """
    question = {
        "genome": elite.genome,
        "parameters": dict(elite.parameters),
        "weight": weight,
        "has_learned": elite.has_learned,
    }
    data = await asyncio.to_thread(orjson.dumps, question)
    output = await run_aside(("galapagos.engine.image_report",), data)
    return await asyncio.to_thread(report_of, output)


def _write_question(elite: ShownElite, directory: Path) -> tuple[str, str]:
    from galapagos.parameter_files import dump_parameters, parameters_from_json

    parameters = parameters_from_json(elite.parameters, "the parameters of the network")
    paths = directory / "network.json", directory / "parameters.yaml"
    paths[0].write_bytes(orjson.dumps(elite.genome))
    paths[1].write_text(dump_parameters(parameters), encoding="utf-8")
    return str(paths[0]), str(paths[1])
