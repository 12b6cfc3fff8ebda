"""A run in a home of its own, and a process that lives as its engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.engine.records.run_directory import RunDirectory, create_run
from tests.engine.records.made_runs import TITLE, held, parameters_with

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a home, not made yet, that belongs to the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("GALAPAGOS_HOME", str(home))
    return home


@pytest.fixture
def run(own_home: Path) -> RunDirectory:
    """Give a run that is made and never began."""
    run = create_run(parameters_with(), TITLE)
    assert run.path.is_relative_to(own_home)
    return run


@pytest.fixture
def holder(run: RunDirectory) -> Iterator[subprocess.Popen[str]]:
    """Give a process that lives as the engine of `run`."""
    with held(run) as process:
        yield process
