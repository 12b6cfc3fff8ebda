"""A home of its own for every test of the dashboard: whoever runs them may have runs, elites and settings."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point GALAPAGOS_HOME at a directory that is empty, but keep the kernels that are compiled already."""
    from galapagos.home import cache_home

    cache = cache_home()
    home = tmp_path_factory.mktemp("home")
    cache.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(cache)
    monkeypatch.setenv("GALAPAGOS_HOME", str(home))
