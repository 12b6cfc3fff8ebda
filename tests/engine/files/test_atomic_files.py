"""A file is the old one or the new one, whatever happens in between."""

import os
from pathlib import Path

import pytest

from galapagos.engine.files.atomic_files import atomic_write, free_bytes, write_all
from tests.engine.crashes import crash_at_every_step

OLD, NEW = b"old" * 1000, b"new" * 2000


def test_a_crash_at_any_step_leaves_the_old_or_the_new_content(tmp_path: Path) -> None:
    path = tmp_path / "engine.json"
    crashes = crash_at_every_step(lambda: atomic_write(path, NEW), lambda: path.write_bytes(OLD))
    seen = [path.read_bytes() for _ in crashes]
    assert set(seen) == {OLD, NEW}
    # write, fsync, rename, fsync of the directory; the content changes with the rename and not before.
    assert seen == [OLD, OLD, OLD, NEW, NEW]


def test_the_content_is_durable_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        order.append("directory" if Path(f"/proc/self/fd/{descriptor}").resolve() == tmp_path else "file")
        fsync(descriptor)

    def noted_replace(source: Path, target: Path) -> None:
        order.append("name")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    atomic_write(tmp_path / "file", NEW)
    assert order == ["file", "name", "directory"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    atomic_write(path, OLD)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            atomic_write(path, NEW)
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("file", OLD)]


def test_a_system_that_takes_a_byte_at_a_time_gets_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:1]))
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    write_all(descriptor, b"whole")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"whole"


def test_free_bytes_are_what_the_file_system_says(tmp_path: Path) -> None:
    status = os.statvfs(tmp_path)
    assert free_bytes(tmp_path) == pytest.approx(status.f_bavail * status.f_frsize, rel=0.1)
