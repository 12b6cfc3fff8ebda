"""The small files of a live run: each is what it was again, and what was not there is not made."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.records.kept_files import KeptFiles
from galapagos.engine.records.run_directory import create_run
from galapagos.parameters import Parameters
from tests.engine.refusing_disk import refusing

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return create_run(Parameters(out_dir=str(tmp_path / "run")), "small")


def test_files_that_nobody_touched_are_not_written(run: RunDirectory) -> None:
    kept = KeptFiles(run)
    with refusing(run.path, errno.EIO) as refused:
        assert kept.put_back() == []
    assert refused == []
    assert not run.branch_file.exists()


@pytest.mark.parametrize("name", ["parameters.yaml", "environment.json", "branch.json", "engine.json"])
def test_each_is_put_back_where_it_was_removed_changed_or_replaced_by_a_link(
    run: RunDirectory, name: str
) -> None:
    path = run.path / name
    if not path.exists():
        path.write_bytes(b"{}")
    before, kept = path.read_bytes(), KeptFiles(run)
    path.unlink()
    assert kept.put_back() == [f"{name} was removed while the run lives"]
    path.write_bytes(before[:-1])
    assert kept.put_back() == [f"{name} was changed while the run lives"]
    path.unlink()
    path.symlink_to(run.path)
    assert kept.put_back() == [f"{name} was made unreadable while the run lives"]
    assert kept.put_back() == []
    assert not path.is_symlink()
    assert path.read_bytes() == before


def test_a_disk_that_does_not_take_one_is_an_error_and_the_next_call_tries_again(run: RunDirectory) -> None:
    kept = KeptFiles(run)
    run.parameters_file.unlink()
    with refusing(run.path, errno.ENOSPC), pytest.raises(OSError, match="No space left"):
        kept.put_back()
    assert kept.put_back() == ["parameters.yaml was removed while the run lives"]
    assert run.is_run()


def test_what_could_not_be_read_when_the_engine_began_is_left_as_it_is(run: RunDirectory) -> None:
    run.environment_file.unlink()
    run.environment_file.mkdir()
    assert KeptFiles(run).put_back() == []
    assert run.environment_file.is_dir()
