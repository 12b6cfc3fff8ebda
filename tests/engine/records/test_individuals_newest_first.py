"""Reading the individuals of a run file by file, the latest first, while an engine may be writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.engine.records.individual_columns import Columns, join
from galapagos.engine.records.individuals import IndividualsWriter, read_individuals, read_newest_first
from galapagos.errors import RunDirectoryError
from galapagos.parameters import Parameters
from tests.engine.populations import lineage, random_outcomes

if TYPE_CHECKING:
    from pathlib import Path

GENERATIONS = 12


def write(directory: Path, generations: range, *, each: int = 3) -> None:
    """Write some generations, a file for every few of them."""
    writer = IndividualsWriter(directory)
    for number, population in enumerate(lineage(0, GENERATIONS, 4)):
        if number in generations:
            writer.add(number, population, random_outcomes(np.random.default_rng(number), 4), Parameters())
            if number % each == each - 1:
                writer.flush()
    writer.flush()


def rows(parts: list[Columns | RunDirectoryError]) -> list[Columns]:
    return [part for part in parts if isinstance(part, Columns)]


def test_all_rows_are_read_once_and_those_of_the_latest_file_first(tmp_path: Path) -> None:
    write(tmp_path, range(GENERATIONS))
    parts = rows(list(read_newest_first(tmp_path)))
    assert [int(part.generation[0]) for part in parts] == [9, 6, 3, 0]
    joined = join(parts[::-1])
    for name, column in read_individuals(tmp_path).items():
        np.testing.assert_array_equal(getattr(joined, name), column)


def test_where_nothing_is_written_nothing_is_read(tmp_path: Path) -> None:
    assert list(read_newest_first(tmp_path)) == []
    assert list(read_newest_first(tmp_path / "absent")) == []


def test_a_damaged_file_is_told_in_its_place(tmp_path: Path) -> None:
    write(tmp_path, range(GENERATIONS))
    sorted(tmp_path.glob("*.npz"))[1].write_bytes(b"no archive")
    parts = list(read_newest_first(tmp_path))
    assert [type(part) for part in parts] == [Columns, Columns, RunDirectoryError, Columns]
    assert "000000003-000000005.npz is damaged" in str(parts[2])


def test_a_directory_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, range(3))
    (tmp_path / "000000003-000000005.npz").mkdir()
    first, second = read_newest_first(tmp_path)
    assert isinstance(first, RunDirectoryError)
    assert isinstance(second, Columns)


def test_files_that_become_one_meanwhile_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, range(GENERATIONS))
    reader = read_newest_first(tmp_path)
    first = next(reader)
    assert isinstance(first, Columns)
    whole = read_individuals(tmp_path)
    for path in tmp_path.glob("*.npz"):
        path.unlink()
    (tmp_path / "000000000-000000011.npz").write_bytes(Columns(**whole).to_bytes())
    rest = rows(list(reader))
    assert join([*rest[::-1], first]).id.tolist() == whole["id"].tolist()


def test_a_file_that_is_gone_for_good_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, range(6))
    (tmp_path / "000000003-000000005.npz").unlink()
    (tmp_path / "000000003-000000005.npz").symlink_to(tmp_path / "nowhere")
    first, second = read_newest_first(tmp_path)
    assert "is gone" in str(first)
    assert isinstance(second, Columns)
