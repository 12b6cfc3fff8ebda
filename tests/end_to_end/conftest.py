"""A home of its own for every test, so that no run of the user is touched."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point GALAPAGOS_HOME at an empty directory, but keep the kernels that are compiled already."""
    from galapagos.home import cache_home

    cache = cache_home()
    home = tmp_path / "home"
    home.mkdir()
    cache.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(cache)
    monkeypatch.setenv("GALAPAGOS_HOME", str(home))
    return home
