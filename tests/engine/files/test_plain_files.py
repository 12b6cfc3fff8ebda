"""Files are read as files, and nothing else is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.files.plain_files import open_plain, read_plain

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert read_plain(tmp_path / "a") == b"abc"
    with open_plain(tmp_path / "a") as file:
        assert file.read() == b"abc"


def test_more_bytes_than_are_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert read_plain(tmp_path / "a", 3) == b"abc"
    with pytest.raises(OSError, match="more than 2 bytes"):
        read_plain(tmp_path / "a", 2)


def test_a_pipe_a_directory_and_a_device_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path, tmp_path.__class__("/dev/zero")):
        with pytest.raises(OSError, match="no plain file"):
            read_plain(path)
        with pytest.raises(OSError, match="no plain file"):
            open_plain(path)


def test_what_is_absent_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "a")
