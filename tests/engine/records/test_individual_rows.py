"""Following the individuals of a run while its files grow, are cut and are damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.records.individual_rows import RowReader, Rows
from galapagos.engine.records.individuals import IndividualsWriter, read_individuals
from galapagos.parameters import Parameters
from tests.engine.populations import lineage, random_outcomes

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[int, str, str, int]


def write(directory: Path, first: int, last: int, flushed_after: frozenset[int] | None = None) -> None:
    """Write generations, a file for each unless it is said after which ones."""
    writer = IndividualsWriter(directory)
    for number, population in enumerate(lineage(0, last, 4)):
        if number >= first:
            writer.add(number, population, random_outcomes(np.random.default_rng(number), 4), Parameters())
            if flushed_after is None or number in flushed_after:
                writer.flush()
    writer.flush()


def rows_of(rows: Rows) -> list[Row]:
    everyone = np.arange(len(rows))
    return list(
        zip(
            rows.generation.tolist(),
            rows.ids(everyone),
            rows.operators(everyone),
            rows.size.tolist(),
            strict=True,
        )
    )


def read_all(reader: RowReader) -> list[Row]:
    found: list[Row] = []
    while (rows := reader.read_next()) is not None:
        found += rows_of(rows)
    return found


def expected(directory: Path, size: str = "complexity") -> list[Row]:
    columns: dict[str, Any] = read_individuals(directory)
    names = ("generation", "id", "operator", size)
    return list(zip(*(columns[name].tolist() for name in names), strict=True))


@given(st.frozensets(st.integers(0, 11)), st.integers(1, 11))
def test_every_row_is_read_once_in_its_order_however_the_files_came(
    tmp_path_factory: pytest.TempPathFactory, flushed_after: frozenset[int], first: int
) -> None:
    directory = tmp_path_factory.mktemp("rows")
    reader = RowReader(directory)
    write(directory, 0, first, flushed_after)
    found = read_all(reader)
    write(directory, first, 12, flushed_after)
    assert found + read_all(reader) == expected(directory)
    assert reader.until == 11
    assert reader.problem == ""


@pytest.mark.parametrize("measure", ["neurons", "layers"])
def test_another_measure_has_a_column_of_its_own(tmp_path: Path, measure: str) -> None:
    write(tmp_path, 0, 3)
    assert read_all(RowReader(tmp_path, measure)) == expected(tmp_path, measure)


def test_where_nothing_is_written_nothing_is_read(tmp_path: Path) -> None:
    assert RowReader(tmp_path).read_next() is None
    assert RowReader(tmp_path / "absent").read_next() is None


def test_a_cut_is_told_and_everything_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, 0, 6)
    reader = RowReader(tmp_path)
    read_all(reader)
    IndividualsWriter(tmp_path).cut(3)
    rows = reader.read_next()
    assert rows is not None
    assert rows.begins_anew
    after = reader.read_next()
    assert after is not None
    assert not after.begins_anew
    assert rows_of(rows) + rows_of(after) + read_all(reader) == expected(tmp_path)


def test_a_damaged_file_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, 0, 3)
    damaged = sorted(tmp_path.glob("*.npz"))[1]
    damaged.write_bytes(b"PK not at all")
    reader = RowReader(tmp_path)
    assert {generation for generation, *_ in read_all(reader)} == {0, 2}
    assert reader.problem == f"{damaged.name} cannot be read and is left out"


def test_a_link_to_nothing_is_left_out_and_does_not_hold_the_reader_up(tmp_path: Path) -> None:
    write(tmp_path, 0, 2)
    (tmp_path / "000000002-000000004.npz").symlink_to(tmp_path / "gone")
    reader = RowReader(tmp_path)
    assert len(read_all(reader)) == 8
    assert reader.problem.startswith("000000002-000000004.npz")
    assert reader.read_next() is None


def test_a_file_with_other_generations_than_its_name_is_damaged(tmp_path: Path) -> None:
    write(tmp_path, 0, 1)
    [path] = tmp_path.glob("*.npz")
    path.rename(tmp_path / "000000007-000000009.npz")
    reader = RowReader(tmp_path)
    assert reader.read_next() is None
    assert reader.problem
