"""`doctor`: facts about this machine, as text and as JSON."""

from __future__ import annotations

import json
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from galapagos.cli.doctor import _after_logout, _colours, _network_file_system

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Called


def test_the_report_as_json_has_all_sections(galapagos: Callable[..., Called], own_home: Path) -> None:
    report = json.loads(galapagos("doctor", "--json").out)
    sections = "installed machine terminal settings directories compiled data runs library"
    assert set(report) == set(sections.split())
    assert report["machine"]["processors"] == len(os.sched_getaffinity(0)) or os.cpu_count()
    assert report["directories"]["data"] == f"{own_home} (writable)"
    assert report["terminal"]["terminal"] is False
    assert report["runs"] == {"alive": 0, "all": 0}


def test_the_report_is_readable(galapagos: Callable[..., Called]) -> None:
    called = galapagos("doctor")
    assert called.code == 0
    assert "processors" in called.out
    assert "textual" in called.out


def test_each_data_set_is_where_it_was_found_or_has_a_place_to_be_put(
    galapagos: Callable[..., Called], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GALAPAGOS_DATA", str(tmp_path / "data"))
    parts = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    four = [f"{part}-ubyte" for part in parts]
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    for name in four:
        (tmp_path / "data" / "mnist" / f"{name}.gz").touch()
    data = json.loads(galapagos("doctor", "--json").out)["data"]
    assert data["digits"] == f"with scikit-learn {version('scikit-learn')}"
    assert data["mnist"] == str(tmp_path / "data" / "mnist")
    place = tmp_path / "home" / "cache" / "data" / "fashion_mnist"
    missing = f"not here yet: the first run fetches it, or put {', '.join(four)} into {place}"
    assert data["fashion_mnist"] == missing
    assert f"  fashion_mnist  {missing}\n" in galapagos("doctor").out


def test_without_a_file_of_settings_it_says_where_one_would_be(
    galapagos: Callable[..., Called], own_home: Path
) -> None:
    settings = json.loads(galapagos("doctor", "--json").out)["settings"]
    place = own_home / "config" / "config.yaml"
    assert settings == {"file": f"{place} (not there; everything is as usual)", "problems": []}


def test_everything_that_is_wrong_with_the_settings_has_a_line_with_its_place(
    galapagos: Callable[..., Called], own_home: Path
) -> None:
    place = own_home / "config" / "config.yaml"
    place.parent.mkdir()
    place.write_text("theme: darkk\nmouse: maybe\nkeys:\n  run.pause: q\n  run.paws: z\n  run.quit: f99\n")
    problems = json.loads(galapagos("doctor", "--json").out)["settings"]["problems"]
    lines = [line.removeprefix(f"{place}:").partition(":")[0] for line in problems]
    assert sorted(lines) == ["1", "2", "4", "5", "6"]
    out = galapagos("doctor").out
    for problem in problems:
        assert f"  problems       {problem}\n" in out


def test_the_settings_that_their_page_shows_are_right(
    galapagos: Callable[..., Called], own_home: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    shown = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    place = own_home / "config" / "config.yaml"
    place.parent.mkdir()
    place.write_text(shown[1])
    assert json.loads(galapagos("doctor", "--json").out)["settings"] == {"file": str(place), "problems": []}


def test_every_binding_is_named_with_its_keys(galapagos: Callable[..., Called]) -> None:
    keys = json.loads(galapagos("doctor", "--keys", "--json").out)
    assert keys["app.help"] == ["?"]
    assert keys["app.palette"] == [":", "ctrl+p"]
    assert re.search(r"^run\.pause +space +Pause$", galapagos("doctor", "--keys").out, re.MULTILINE)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor"}, "16 million"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none (NO_COLOR is set)"),
    ],
)
def test_the_colours_follow_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colours: str
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _colours() == colours


def test_a_network_file_system_under_the_data_is_told(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n"
        "me@box: /home/me/far\\040away fuse.sshfs rw 0 0\n/dev/vdb /home/me/local xfs rw 0 0\n"
    )
    found = {
        path: _network_file_system(Path(path), mounts) for path in ("/srv", "/home/me/x", "/home/me/local/x")
    }
    assert found == {"/srv": None, "/home/me/x": "nfs4", "/home/me/local/x": None}
    assert _network_file_system(Path("/home/me/far away/x"), mounts) == "fuse.sshfs"
    assert _network_file_system(Path("/"), tmp_path / "none") is None


def test_what_becomes_of_runs_after_a_logout_is_asked_of_systemd(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _after_logout() == "unknown: no systemd-logind answers"
    answers(tmp_path, busctl="b true", loginctl="no")
    assert _after_logout() == "runs are killed; `loginctl enable-linger` keeps them"
    answers(tmp_path, busctl="b true", loginctl="yes")
    assert _after_logout() == "runs go on"
    answers(tmp_path, busctl="b false", loginctl="no")
    assert _after_logout() == "runs go on"


def answers(directory: Path, **programs: str) -> None:
    """Put programs that print a line on the path."""
    for name, line in programs.items():
        (directory / name).write_text(f"#!/bin/sh\necho {line}\n")
        (directory / name).chmod(0o755)
