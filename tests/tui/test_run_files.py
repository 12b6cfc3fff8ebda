"""What a dashboard reads in the files of a run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.engine.records.individuals import IndividualsWriter, read_individuals
from galapagos.fitness import FitnessKind
from tests.engine.populations import lineage, random_outcomes
from tests.engine.recorded_run import PARAMETERS, main
from tests.engine.small_run import write_small_run
from tui.run_files import RecordReader, stored_archive, terms_of_files
from tui.run_terms import terms_of_parameters

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def read_all(reader: RecordReader) -> int:
    reads = 0
    while reader.read_next():
        reads += 1
    return reads


def expected(directory: Path) -> list[tuple[int, str, float]]:
    """Return the records as a plain reading of all rows finds them."""
    rows = read_individuals(directory)
    best: dict[int, float] = {}
    found = []
    for generation, id, size, fitness in zip(
        rows["generation"].tolist(),
        rows["id"].tolist(),
        rows["complexity"].tolist(),
        rows["fitness"].tolist(),
        strict=True,
    ):
        if fitness > best.get(size, -np.inf):
            best[size] = fitness
            found.append((generation, id, fitness))
    return found


def write(directory: Path, first: int, last: int) -> IndividualsWriter:
    writer = IndividualsWriter(directory)
    for number, population in enumerate(lineage(0, last, 10)):
        if number >= first:
            writer.add(number, population, random_outcomes(np.random.default_rng(number), 10), PARAMETERS)
            writer.flush()
    return writer


def test_records_are_those_of_all_rows_however_the_files_came(tmp_path: Path) -> None:
    reader = RecordReader(tmp_path)
    assert not reader.read_next()
    write(tmp_path, 0, 3)
    assert read_all(reader) == 3
    write(tmp_path, 3, 40)
    read_all(reader)
    found = [(one.generation, one.id, one.fitness) for one in reader.history.records]
    assert found == expected(tmp_path)
    assert reader.history.until == 39
    assert read_all(reader) == 0
    assert {one.operator for one in reader.history.records} >= {"initial", "add_node"}


def test_after_a_cut_everything_is_read_again(tmp_path: Path) -> None:
    reader = RecordReader(tmp_path)
    writer = write(tmp_path, 0, 6)
    read_all(reader)
    writer.cut(3)
    read_all(reader)
    assert reader.history.until == 2
    found = [(one.generation, one.id, one.fitness) for one in reader.history.records]
    assert found == expected(tmp_path)


def test_a_damaged_file_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, 0, 3)
    paths = sorted(tmp_path.glob("*.npz"))
    paths[1].write_bytes(b"PK not at all")
    reader = RecordReader(tmp_path)
    assert read_all(reader) == 2
    assert reader.problem == f"{paths[1].name} cannot be read and is left out"
    assert {one.generation for one in reader.history.records} <= {0, 2}
    assert reader.history.until == 2


def test_another_measure_has_its_own_column(tmp_path: Path) -> None:
    write(tmp_path, 0, 2)
    reader = RecordReader(tmp_path, "neurons")
    read_all(reader)
    assert {one.complexity for one in reader.history.records} <= set(
        read_individuals(tmp_path)["neurons"].tolist()
    )


def test_the_archive_of_the_last_checkpoint_is_told(tmp_path: Path) -> None:
    assert stored_archive(tmp_path) is None
    main(tmp_path, 7)
    stored = stored_archive(tmp_path)
    assert stored is not None
    assert stored.generation == 7
    assert stored.age >= 0
    assert all(len(id) == 16 and size >= 0 for size, _, id, _ in stored.sizes)
    assert len(stored.sizes) > 0
    assert stored.terms.kind is FitnessKind.REWARD
    assert stored.view == (PARAMETERS.complexity_levels, PARAMETERS.level_boundaries)


def test_a_run_without_an_engine_is_told_by_its_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    run = write_small_run()
    assert terms_of_files(run.path).kind is FitnessKind.REWARD
    assert terms_of_parameters({"experiment": "layers"}).measure == "layers"
    assert terms_of_parameters({"experiment": "learning"}).step == "epoch"
