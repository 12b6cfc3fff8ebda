"""The journal, read in pieces as it grows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tui import curves
from tui.curves import Curves, read_batch
from tui.marks import Mark, MarkKind, describe_changes

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
        self.offset, self.end = 0, b""

    def read(self) -> Curves:
        more = True
        while more:
            batch = read_batch(self.path, self.offset, self.end)
            if batch.restarted:
                self.curves = Curves()
            self.offset, self.end, more = batch.offset, batch.end, batch.more
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
    assert list(read.series["best_fitness"]) == [0, 1]
    assert read.series["max_objective"][0] == 2
    assert math.isnan(read.series["champion_fitness"][0])
    assert math.isnan(read.series["mean_fitness"][1])
    assert read.marks == [
        Mark(1, "complexity_levels 2→4"),
        Mark(1, "pin 00000000", MarkKind.PIN),
    ]


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
    assert read.series["best_fitness"][11] == 111


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
    first = read_batch(path, 0)
    assert first.more
    assert len(first.lines) < 20
    assert list(Reader(path).read().generations) == list(range(500))


def test_a_damaged_line_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0), tail=b"{broken\n[1]\n")
    reader = Reader(path)
    assert list(reader.read().generations) == [0]
    with path.open("ab") as file:
        file.write(orjson.dumps(generation(1)) + b"\n")
    assert list(reader.read().generations) == [0, 1]
    # However small the pieces are, so that one may begin with it.
    monkeypatch.setattr(curves, "PIECE", 8)
    assert list(Reader(path).read().generations) == [0, 1]


def test_generations_that_do_not_grow_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, *(generation(number) for number in (0, 1, 1, 0, 5, 3)), generation(6, generation="7"))
    curves_of_it = Reader(path).read()
    assert list(curves_of_it.generations) == [0, 1, 5]
    assert {len(series) for series in curves_of_it.series.values()} == {3}


def test_what_is_read_on_does_not_move_what_was_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0))
    reader = Reader(path)
    numbers, series, marks = reader.read().copies(curves.COLUMNS)
    write(path, generation(0), generation(1))
    reader.read()
    assert (len(numbers), len(series["best_fitness"]), len(marks)) == (1, 1, 0)


def test_there_is_a_column_only_of_what_the_journal_says(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0), generation(1, champion_loss=0.5), generation(2))
    read = Reader(path).read()
    assert set(read.series) == {*curves.COLUMNS, "champion_loss"}
    assert not read.have_accuracies
    assert list(read.series["champion_loss"])[1] == 0.5
    assert [math.isnan(value) for value in read.series["champion_loss"]] == [True, False, True]


def test_a_test_stands_until_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    test = {"type": "test", "generation": 1, "accuracy": 0.6, "ensemble_accuracy": 0.7}
    again = {"type": "test", "generation": 3, "accuracy": 0.8}
    write(path, *map(generation, (0, 1)), test, *map(generation, (2, 3)), again, generation(4))
    read = Reader(path).read()
    shares = list(read.series["champion_test_accuracy"])
    assert math.isnan(shares[0])
    assert shares[1:] == [0.6, 0.6, 0.8, 0.8]
    assert list(read.series["champion_ensemble_accuracy"])[1:4] == [0.7, 0.7, 0.7]
    assert math.isnan(read.series["champion_ensemble_accuracy"][4])
    assert read.have_accuracies


def test_what_a_generation_says_itself_counts_more_than_a_test(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = [generation(number, champion_test_accuracy=0.9) for number in range(3)]
    write(path, lines[0], {"type": "test", "generation": 0, "accuracy": 0.1}, *lines[1:])
    assert list(Reader(path).read().series["champion_test_accuracy"]) == [0.9, 0.9, 0.9]


def test_a_test_of_images_is_told_by_the_test_images(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0), {"type": "test", "generation": 0, "accuracy": 0.99, "test_accuracy": 0.9})
    assert list(Reader(path).read().series["champion_test_accuracy"]) == [0.9]


def test_a_test_of_rewards_is_a_curve_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, generation(0), {"type": "test", "generation": 0, "fitness": 700.0}, generation(1))
    read = Reader(path).read()
    assert set(read.series) == {*curves.COLUMNS, curves.TEST}
    assert list(read.series[curves.TEST]) == [700.0, 700.0]


def test_columns_that_begin_later_are_as_long_as_the_others(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(
        path,
        generation(0),
        generation(1, lower_quartile=None),
        {"type": "breed", "generation": 2, "id": "0" * 16, "count": 3},
        generation(2, lower_quartile=0.25, upper_quartile=0.75, qd_score=0.5, coverage=0.25),
        generation(3),
    )
    read = Reader(path).read()
    assert {len(values) for values in read.series.values()} == {4}
    assert [math.isnan(value) for value in read.series["lower_quartile"]] == [True, True, False, True]
    assert list(read.series["coverage"])[2] == 0.25
    assert [mark.kind for mark in read.marks] == [MarkKind.BREED]


def test_speed_is_networks_by_seconds_and_absent_where_either_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(
        path,
        generation(0, evaluations=192, seconds=0.5),
        generation(1, evaluations=192, seconds=0),
        generation(2, evaluations=0, seconds=1.0),
        generation(3, seconds=1.0),
    )
    rates = list(Reader(path).read().series[curves.RATE])
    assert rates[0] == 384
    assert all(map(math.isnan, rates[1:]))


def test_changes_are_worded_shortly() -> None:
    changes = {"lr": [0.1, 0.01], "weight_values": [[-2.0] * 20, [1.0]], "odd": 3}
    assert describe_changes(changes) == "lr 0.1→0.01, weight_values -2, -2, -2, -2, -2, -2,…→1"
    assert describe_changes(None) == ""
