"""Processes that score an elite again, and show it images."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.engine.plans import archive_plan
from galapagos.errors import GalapagosError
from galapagos.parameters import Parameters
from tests.tui.shown_elites import image_elite, parameters_of, swing_up_elite
from tui import aside
from tui.elite_reports import evaluate_elite, report_images

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_elite_is_scored_on_as_many_other_starts_as_were_asked_for() -> None:
    measured = await evaluate_elite(swing_up_elite(), 3)
    weights = Parameters().weight_values
    assert [one.weight for one in measured.weights] == list(weights)
    assert {one.trials for one in measured.weights} == {3}
    assert measured.fitness == pytest.approx(np.mean([one.mean for one in measured.weights]))
    assert measured.deviation is not None
    assert len(archive_plan(Parameters()).trial_seeds) != 3


async def test_what_an_elite_says_of_images_comes_from_a_process() -> None:
    report = await report_images(image_elite("wann-classification"), weight=1.0)
    assert report.images == 450
    assert report.weight == 1.0
    assert report.num_wrong == round(450 * (1 - report.accuracy))


async def test_why_it_does_not_work_is_told_in_a_line() -> None:
    stranger = swing_up_elite(parameters=parameters_of("wann-classification", dataset="digits"))
    with pytest.raises(GalapagosError, match="64") as caught:
        await report_images(stranger, weight=1.0)
    assert "\n" not in str(caught.value)
    with pytest.raises(GalapagosError):
        await evaluate_elite(swing_up_elite(genome={}), 1)


async def test_parameters_that_are_none_are_told_before_anything_starts() -> None:
    with pytest.raises(GalapagosError, match="experiment"):
        await evaluate_elite(swing_up_elite(parameters={"experiment": "unheard of"}), 1)


async def test_a_process_that_nobody_waits_for_any_more_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pid")
    (tmp_path / "sleeper.py").write_text(
        "import os, pathlib, sys, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    asked = asyncio.create_task(aside.run_aside(("sleeper",), b""))
    # Reading from the pipe waits until the process has written.
    pid = int(await asyncio.wait_for(asyncio.to_thread((tmp_path / "pid").read_text), 20))
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
