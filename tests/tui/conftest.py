"""A home of its own for every test of the dashboard, which keeps settings there."""

from __future__ import annotations

import pytest

from tests.homes import make_home


@pytest.fixture(autouse=True)
def _empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point GALAPAGOS_HOME at an empty directory."""
    monkeypatch.setenv("GALAPAGOS_HOME", str(make_home(tmp_path_factory.mktemp("home"))))
