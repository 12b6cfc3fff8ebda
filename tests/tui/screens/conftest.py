"""A library for the tests of the screens that show one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.libraries import save_three, use_home

if TYPE_CHECKING:
    from pathlib import Path

    from library_store import Entry


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home, and a working directory, that belong to the test."""
    return use_home(tmp_path, monkeypatch)


@pytest.fixture
def saved(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Give three saved elites, the last one saved first, all an hour ago."""
    assert own_home.is_dir()
    return save_three(monkeypatch)
