"""A run as CSV files: every digit, and nothing overwritten."""

import csv
from pathlib import Path

import numpy as np
import pytest

from galapagos.engine.records.export import export_run
from galapagos.engine.records.history import load_run
from galapagos.engine.records.run_directory import RunDirectory
from galapagos.errors import RunDirectoryError
from tests.engine.small_run import write_small_run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunDirectory:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    return write_small_run()


def test_csv_files_hold_every_digit_and_leave_failures_empty(run: RunDirectory, tmp_path: Path) -> None:
    files = export_run(run, tmp_path / "csv")
    assert [path.name for path in files] == ["curves.csv", "individuals.csv"]
    history = load_run(run.path)
    with files[0].open(newline="") as file:
        curves = list(csv.DictReader(file))
    assert [float(row["best_fitness"]) for row in curves] == history.generations["best_fitness"].tolist()
    assert curves[0]["champion_fitness"] == ""
    with files[1].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(history.individuals)
    fitness = [float(row["fitness"] or "nan") for row in rows]
    np.testing.assert_array_equal(fitness, history.individuals["fitness"])
    assert [row["id"] for row in rows] == history.individuals["id"].tolist()


def test_an_export_overwrites_nothing(run: RunDirectory, tmp_path: Path) -> None:
    (tmp_path / "individuals.csv").write_text("mine")
    with pytest.raises(RunDirectoryError, match="there already"):
        export_run(run, tmp_path)
    assert (tmp_path / "individuals.csv").read_text() == "mine"
    assert not (tmp_path / "curves.csv").exists()
    with pytest.raises(RunDirectoryError, match="cannot be written"):
        export_run(run, run.journal_file / "x")
