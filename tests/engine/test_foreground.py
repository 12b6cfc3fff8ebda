"""Lines on stdout never end a run, whatever stdout is."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from galapagos.engine.foreground import line_text, run_foreground
from galapagos.engine.records.run_directory import RunDirectory, create_run
from galapagos.parameters import Parameters

PRINTS = "from galapagos.engine.foreground import _print\n_print('2 → 4')\n_print('more')\n"


def printed(stdout: int, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PRINTS],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
    )


def test_a_reader_that_went_away_is_borne() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = printed(writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_borne() -> None:
    with Path("/dev/full").open("wb") as full:
        done = printed(full.fileno())
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_the_encoding_lacks_is_replaced(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        done = printed(out.fileno(), PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out").read_bytes() == b"2 ? 4\nmore\n"


LINE = {
    "type": "generation",
    "generation": 4,
    "best_fitness": -0.25,
    "mean_fitness": -0.5,
    "champion_fitness": -0.25,
    "best_complexity": 12,
    "evaluations": 20,
    "seconds": 2.0,
    "champion_loss": 0.125,
    "champion_accuracy": 0.9,
    "champion_test_accuracy": 0.875,
}


def test_a_resumed_run_is_told_as_its_experiment_even_without_an_engine_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def engine(
        _run: RunDirectory, *, linger: bool, until: int | None, on_line: Callable[[dict[str, Any]], None]
    ) -> None:
        assert until is None
        assert not linger
        on_line(LINE)

    monkeypatch.setattr("galapagos.engine.foreground.run_engine", engine)
    run = create_run(Parameters(experiment="wlnn", out_dir=str(tmp_path)), "wlnn/digits")
    run.engine_json.unlink()
    assert run_foreground(run.path) == 0
    assert "best    0.250" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        ("wann-gym", ["generation     4", "best     -0.2", "10 networks/s"]),
        ("wlnn", ["best    0.250", "mean    0.500", "size   12"]),
        ("layers", ["best  -25.0 %"]),
        ("learning", ["epoch     5", "loss  0.1250", "train  90.00 %", "test  87.50 %"]),
    ],
)
def test_a_line_tells_fitness_as_its_experiment_does(experiment: str, words: list[str]) -> None:
    text = line_text(LINE, experiment)
    for some in words:
        assert some in text


@pytest.mark.parametrize(
    ("test", "text"),
    [
        ({"fitness": 614.7, "trials": 100}, "614.7 over 100 starts a weight"),
        (
            {"fitness": -2.0, "trials": 450, "ensemble_accuracy": 0.916},
            "91.60 % of 450 test images by the",
        ),
        (
            {"fitness": -0.1, "trials": 450, "accuracy": 0.99, "test_accuracy": 0.97},
            "97.00 % of 450",
        ),
    ],
)
def test_a_test_of_a_champion_is_told_in_what_counts(test: dict[str, float], text: str) -> None:
    line = {"type": "test", "generation": 9, "id": "0c2020ad00000001", **test}
    assert text in line_text(line)
    assert "tested after generation 9: " in line_text(line)
    assert "tested after epoch 10: " in line_text(line, "learning")


def test_what_somebody_does_to_one_network_that_learns_is_told_by_its_epochs() -> None:
    changed = {"type": "parameters", "generation": 3, "changes": {"lr": [0.1, 0.2]}}
    assert line_text(changed) == "generation     3  parameters lr 0.1 → 0.2"
    assert line_text(changed, "learning") == "epoch     4  parameters lr 0.1 → 0.2"
