"""The journal, read in pieces as it grows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tui import curves
from tui.curves import Curves, describe_changes, read_batch

if TYPE_CHECKING:
    from pathlib import Path


def generation(number: int, **values: Any) -> dict[str, Any]:
    return {"type": "generation", "generation": number, "best_fitness": float(number), **values}


def write(path: Path, *lines: dict[str, Any], tail: bytes = b"") -> None:
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines) + tail)


class Reader:
    """Reads a journal as the dashboard does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.curves = Curves()
        self.offset = 0

    def read(self) -> Curves:
        more = True
        while more:
            batch = read_batch(self.path, self.offset, self.curves.last_generation)
            if batch.restarted:
                self.curves = Curves()
            self.offset, more = batch.offset, batch.more
            self.curves.extend(batch)
        return self.curves


def test_a_journal_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert len(Reader(tmp_path / "journal.jsonl").read().generations) == 0


def test_curves_and_marks_come_from_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(
        path,
        generation(0, mean_fitness=0.5, max_objective=2.0, champion_fitness=None),
        {"type": "parameters", "generation": 1, "changes": {"complexity_levels": [2, 4]}},
        {"type": "pin", "generation": 1, "id": "0" * 16},
        generation(1, mean_fitness=None, champion_fitness=3.0),
    )
    read = Reader(path).read()
    assert list(read.generations) == [0, 1]
    assert list(read.series["best"]) == [0, 1]
    assert read.series["max"][0] == 2
    assert math.isnan(read.series["champion"][0])
    assert math.isnan(read.series["mean"][1])
    assert read.marks == [(1, "complexity_levels 2→4")]


def test_a_torn_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    whole = orjson.dumps(generation(1)) + b"\n"
    write(path, generation(0), tail=whole[:20])
    reader = Reader(path)
    assert list(reader.read().generations) == [0]
    with path.open("ab") as file:
        file.write(whole[20:])
    assert list(reader.read().generations) == [0, 1]


@pytest.mark.parametrize("kept", [0, 3, 5])
def test_after_a_cut_it_reads_what_was_written_again(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, *(generation(number) for number in range(6)))
    reader = Reader(path)
    reader.read()
    write(path, *(generation(number) for number in range(kept)))
    reader.read()
    write(path, *(generation(number, best_fitness=100.0 + number) for number in range(12)))
    read = reader.read()
    assert list(read.generations) == list(range(12))
    assert read.series["best"][11] == 111


def test_a_journal_that_was_cut_and_grew_past_the_old_place_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, *(generation(number) for number in range(6)))
    reader = Reader(path)
    reader.read()
    write(path, *(generation(number, seconds=1.25) for number in range(20)))
    assert list(reader.read().generations) == list(range(20))


def test_a_long_journal_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "PIECE", 1000)
    path = tmp_path / "journal.jsonl"
    write(path, *(generation(number) for number in range(500)))
    first = read_batch(path, 0, -1)
    assert first.more
    assert len(first.lines) < 20
    assert list(Reader(path).read().generations) == list(range(500))


def test_a_damaged_line_ends_the_reading_instead_of_the_dashboard(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0), tail=b"{broken\n[1]\n")
    assert list(Reader(path).read().generations) == []


def test_what_is_read_on_does_not_move_what_was_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0))
    reader = Reader(path)
    numbers, series, marks = reader.read().copies()
    write(path, generation(0), generation(1))
    reader.read()
    assert (len(numbers), len(series["best"]), len(marks)) == (1, 1, 0)


def test_changes_are_worded_shortly() -> None:
    changes = {"lr": [0.1, 0.01], "weight_values": [[-2.0] * 20, [1.0]], "odd": 3}
    assert describe_changes(changes) == "lr 0.1→0.01, weight_values -2, -2, -2, -2, -2, -2,…→1"
    assert describe_changes(None) == ""
