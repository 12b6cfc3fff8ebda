"""Homes for tests, so that no run, elite or setting of whoever runs them is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_home(home: Path) -> Path:
    """Make a home that is empty, but for the kernels that are compiled already, and return it."""
    from galapagos.home import cache_home

    cache = cache_home()
    home.mkdir(exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(cache)
    return home
