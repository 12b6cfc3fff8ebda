"""Event files: what is in them, how often, and that no failure of theirs reaches the run."""

import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from galapagos.engine.records.tensorboard import TensorBoard
from galapagos.parameters import Parameters
from tests.engine.populations import random_individual, random_outcomes


def events(directory: Path) -> list[Any]:
    """Read the records of all event files by hand: length, checksum, event, checksum."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in sorted(directory.iterdir()):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack_from("<Q", data)
            found.append(Event.FromString(data[12 : 12 + length]))
            data = data[16 + length :]
    return found


def points(directory: Path) -> list[tuple[str, int, float]]:
    return [
        (value.tag, event.step, value.simple_value)
        for event in events(directory)
        for value in event.summary.value
        if value.WhichOneof("value") == "simple_value"
    ]


def test_curves_get_a_point_a_second_and_the_last_one(tmp_path: Path) -> None:
    now = [0.0]
    board = TensorBoard(tmp_path, clock=lambda: now[0])
    for generation in range(11):
        now[0] = generation * 0.25
        board.scalars(generation, {"best_fitness": float(generation), "type": "generation", "time": 1.0})
    board.close()
    assert points(tmp_path) == [("best_fitness", step, float(step)) for step in (0, 4, 8, 10)]


def test_one_curve_does_not_hold_back_another(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path, clock=lambda: 0.0)
    board.scalars(1, {"best_fitness": 1.0})
    board.scalars(1, {"champion_test": 2.0})
    board.close()
    assert points(tmp_path) == [("best_fitness", 1, 1.0), ("champion_test", 1, 2.0)]


def test_where_no_thread_can_be_started_a_point_is_lost_and_the_next_one_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    now = [0.0]
    board = TensorBoard(tmp_path, clock=lambda: now[0])
    with monkeypatch.context() as scarce:
        scarce.setattr(threading.Thread, "start", refuse)
        board.scalars(1, {"best_fitness": 1.0})
    now[0] = 2.0
    board.scalars(2, {"best_fitness": 2.0})
    board.close()
    assert points(tmp_path) == [("best_fitness", 2, 2.0)]


def test_what_is_no_finite_number_is_passed_over(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path)
    board.scalars(
        0, {"a": None, "b": "text", "c": float("nan"), "d": float("inf"), "e": True, "f": 3, "g": []}
    )
    board.close()
    assert points(tmp_path) == [("f", 0, 3.0)]


def test_histograms_hold_those_that_did_not_fail(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    population = [random_individual(rng, 0) for _ in range(20)]
    board = TensorBoard(tmp_path)
    board.histograms(7, population, random_outcomes(rng, 20), Parameters.model_validate({}))
    board.close()
    counted = {
        value.tag: (event.step, value.histo.num)
        for event in events(tmp_path)
        for value in event.summary.value
    }
    assert counted == {"population/fitness": (7, 18), "population/connections": (7, 18)}


def test_a_resumed_run_drops_the_points_of_the_lost_generations(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path, resumed_at=5)
    board.scalars(5, {"a": 1.0})
    board.close()
    starts = [event for event in events(tmp_path) if event.WhichOneof("what") == "session_log"]
    assert [(event.step, event.session_log.status) for event in starts] == [(5, 1)]


def test_nothing_is_written_or_started_without_a_value(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    board = TensorBoard(tmp_path / "none")
    board.close()
    board.close()
    assert not (tmp_path / "none").exists()
    assert set(threading.enumerate()) <= before


def test_a_directory_that_cannot_be_written_costs_only_the_curves(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    board = TensorBoard(tmp_path / "file", clock=iter(range(1000)).__next__)
    for generation in range(500):
        board.scalars(generation, {"a": 1.0})
    board.close()
    assert not any(one.name == "tensorboard" for one in threading.enumerate())


def test_a_disk_that_fills_up_costs_only_the_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboardX.event_file_writer import EventsWriter

    flush = EventsWriter.flush
    calls: list[int] = []

    def full_once(writer: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return flush(writer)

    monkeypatch.setattr(EventsWriter, "flush", full_once)
    board = TensorBoard(tmp_path)
    board.scalars(0, {"a": 1.0})
    board.scalars(0, {"b": 1.0})
    board.close()
    assert not any(one.name == "tensorboard" for one in threading.enumerate())
    assert [name for name, _, _ in points(tmp_path)] == ["a"]


def test_the_library_is_imported_only_when_a_value_comes() -> None:
    code = (
        "import sys; from pathlib import Path; from galapagos.engine.records.tensorboard import TensorBoard;"
        "TensorBoard(Path('x')); assert 'tensorboardX' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_curves_are_written_without_torch(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom galapagos.engine.records.tensorboard import TensorBoard\n"
        "board = TensorBoard(Path(sys.argv[1]))\nboard.scalars(0, {'x': 1.0})\nboard.close()\n"
        "print('torch' in sys.modules, len(list(Path(sys.argv[1]).iterdir())))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.split() == ["False", "1"]
