"""Where things are kept on a machine."""

import os
from pathlib import Path

import pytest

from galapagos import home
from galapagos.errors import RunDirectoryError


def test_galapagos_home_holds_everything_but_the_sockets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    assert home.data_home() == tmp_path
    assert home.runs_home() == tmp_path / "runs"
    assert home.cache_home() == tmp_path / "cache"
    assert home.config_home() == tmp_path / "config"
    assert home.socket_directory() == Path(f"/tmp/galapagos-{os.getuid()}")  # noqa: S108 - as documented


def test_a_relative_home_and_a_tilde_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GALAPAGOS_HOME", "here")
    assert home.data_home() == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GALAPAGOS_HOME", "~/there")
    assert home.data_home() == tmp_path / "there"


def test_without_it_the_users_own_directories_are_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GALAPAGOS_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in home.data_home().parents
    assert tmp_path in home.cache_home().parents
    assert tmp_path in home.config_home().parents
    assert home.data_home().name == home.config_home().name == "galapagos"


def test_a_socket_path_that_no_socket_can_have_is_refused() -> None:
    longest = home.LONGEST_SOCKET_PATH - 1 - len(str(home.socket_path("")))
    assert len(str(home.socket_path("x" * longest))) == 106
    with pytest.raises(RunDirectoryError, match="107 bytes; it must have fewer than 107"):
        home.socket_path("x" * (longest + 1))
