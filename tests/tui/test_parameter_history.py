"""Who changed what: from the journal and the log of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tui import parameter_history
from tui.parameter_history import ParameterChange, read_history

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def changed(generation: int, **changes: Any) -> dict[str, Any]:
    return {"type": "parameters", "generation": generation, "changes": changes}


def asked(generation: int, client: str, **changes: Any) -> dict[str, Any]:
    command = {"command": "set", "changes": changes, "client": client}
    return {"generation": generation, "command": command}


def test_without_files_there_is_none(tmp_path: Path) -> None:
    assert read_history(tmp_path) == []


def test_the_latest_comes_first_with_who_asked_for_it(tmp_path: Path) -> None:
    write(
        tmp_path / "journal.jsonl",
        [
            {"type": "generation", "generation": 1},
            changed(2, num_trials=[3, 5], timeout=[300.0, 10.0]),
            {"type": "generation", "generation": 2},
            changed(7, num_trials=[5, 3]),
        ],
    )
    write(
        tmp_path / "commands.jsonl",
        [
            {"generation": 2, "command": {"command": "pin", "id": "x"}},
            asked(2, "client 1", num_trials=4),
            asked(2, "client 2", num_trials=5),
        ],
    )
    assert read_history(tmp_path) == [
        ParameterChange(7, "num_trials", 5, 3),
        ParameterChange(2, "timeout", 300.0, 10.0),
        ParameterChange(2, "num_trials", 3, 5, "client 2"),
    ]


def test_lines_that_are_damaged_torn_or_of_another_shape_are_passed_over(tmp_path: Path) -> None:
    good = orjson.dumps(changed(2, num_trials=[3, 5])) + b"\n"
    (tmp_path / "journal.jsonl").write_bytes(
        b'{"type":"parameters",\n[1,"parameters"]\n{"type":"parameters","generation":"x"}\n'
        b'{"type":"parameters","generation":1,"changes":{"a":[1]}}\n{"x":"parameters"}\n' + good + good[:-4]
    )
    (tmp_path / "commands.jsonl").write_bytes(
        b'{"command":"set"}\n{"generation":2,"command":{"command":"set"}}\n'
    )
    assert read_history(tmp_path) == [ParameterChange(2, "num_trials", 3, 5)]


def test_lines_may_be_longer_than_what_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [changed(number, num_trials=[number, number + 1]) for number in range(50)]
    write(tmp_path / "journal.jsonl", lines)
    whole = read_history(tmp_path)
    monkeypatch.setattr(parameter_history, "_PIECE", 7)
    assert read_history(tmp_path) == whole
    assert len(whole) == 50
    monkeypatch.setattr(parameter_history, "MOST_CHANGES", 5)
    assert [change.generation for change in read_history(tmp_path)] == [49, 48, 47, 46, 45]
