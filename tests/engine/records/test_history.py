"""What a run left behind, read back as columns."""

import math
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest

from galapagos.engine.records.history import load_run
from galapagos.engine.records.journal import Journal
from galapagos.engine.records.run_directory import RunDirectory, create_run
from galapagos.errors import UnknownRun
from tests.engine.small_run import PARAMETERS, line, write_small_run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunDirectory:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    return write_small_run()


def test_the_journal_becomes_columns(run: RunDirectory) -> None:
    history = load_run(run.path)
    columns = history.generations
    assert columns["generation"].dtype == np.int64
    assert columns["generation"].tolist() == [0, 1, 2]
    assert columns["best_fitness"].tolist() == [0.0, 1 / 3, 2 / 3]
    assert math.isnan(columns["champion_fitness"][0])
    assert columns["champion_id"].tolist() == ["", "0123456789abcdef", "0123456789abcdef"]
    assert "type" not in columns
    assert history.parameters == PARAMETERS
    assert history.changes == ({"generation": 2, "changes": {"complexity_levels": [2, 4]}},)
    assert [test["fitness"] for test in history.tests] == [7.0]
    assert [step["type"] for step in history.steering] == ["inject"]
    assert len(history.individuals["id"]) == 30
    assert history.individuals is history.individuals


def test_a_column_that_comes_later_is_filled_up(run: RunDirectory) -> None:
    journal = Journal(run.journal_file)
    journal.append(line(3, walked=2.5))
    journal.append(line(4))
    journal.close()
    walked = load_run(run.name).generations["walked"]
    np.testing.assert_array_equal(walked, [math.nan, math.nan, math.nan, 2.5, math.nan])


def test_a_run_that_has_done_nothing_yet_has_empty_columns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    history = load_run(create_run(PARAMETERS, "x").path)
    assert history.generations["generation"].tolist() == []
    assert history.individuals["id"].tolist() == []
    with pytest.raises(UnknownRun):
        load_run(tmp_path / "nothing")


def test_a_long_journal_is_not_held_as_objects(run: RunDirectory) -> None:
    text = orjson.dumps(line(0)) + b"\n"
    run.journal_file.write_bytes(text * 40_000)
    columns = load_run(run.path).generations
    assert len(columns["generation"]) == 40_000
    assert sum(sys.getsizeof(column) for column in columns.values()) < 40_000 * 150


def test_damaged_lines_are_left_out_and_told(run: RunDirectory) -> None:
    with run.journal_file.open("ab") as file:
        file.write(b'{"type":"generation"}\n{broken\n{"type":"test","type":"pin"}\n[1]\n{"type":"half')
    history = load_run(run)
    assert len(history.generations["generation"]) == 3
    assert len(history.problems) == 4
    for problem, number in zip(history.problems, range(7, 11), strict=True):
        assert problem.startswith(f"line {number} of {run.journal_file} is damaged and left out: ")
        assert problem.isprintable()
