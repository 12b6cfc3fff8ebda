"""The log of events: plain text with a time, and never the end of a run."""

import errno
import os
from pathlib import Path

import pytest

from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.records.event_log import EventLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def test_events_are_plain_text_with_a_time_and_end_a_torn_line(path: Path) -> None:
    path.write_bytes(b'{"time": 1, "ki')
    log = EventLog(path)
    log.append("worker", "died\x1b[2J\nof hunger", pid=7)
    log.close()
    ((event,), _) = read_lines(path)
    assert (event["kind"], event["text"], event["pid"]) == ("worker", "died of hunger", 7)
    assert event["time"] > 1e9


def test_an_event_on_a_full_disk_is_lost_without_harm(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog(path)

    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fail)
        log.append("a", "b")
    log.append("c", "d")
    log.close()
    assert [event["kind"] for event in read_lines(path)[0]] == ["c"]
