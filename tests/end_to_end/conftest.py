"""A home of its own for every test, so that none sees the runs of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.homes import make_home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point GALAPAGOS_HOME at an empty directory."""
    home = make_home(tmp_path / "home")
    monkeypatch.setenv("GALAPAGOS_HOME", str(home))
    return home
