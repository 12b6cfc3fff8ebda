"""The README carried out: every line of its shell blocks is typed into a terminal, its Python is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Stop
from galapagos.engine.records.run_directory import list_runs, open_run
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from tests.docs.pages import ROOT, blocks
from tests.end_to_end.terminals import SECONDS, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

README = "README.md"
PROMPT = re.compile(rb"\[(\d+)\] here> $")
DASHBOARD = b"\x1b[?1049h"
ONE_TEST = {"PYTEST_ADDOPTS": "-n0 tests/test_readme.py::test_the_two_commands_stand_alone_on_a_line"}
"""What a test run that the README asks for tests here, where all the others are being tested already."""
ENOUGH = 25
"""Generations after which the run of the README can be replayed and forked as it says."""


class Shell:
    """A shell in a terminal that is told line after line, as somebody does who copies and pastes."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.terminal = Terminal(
            program=("bash", "--norc", "--noprofile", "-i"),
            directory=directory,
            environment={**environment, "PS1": "[$?] here> "},
            columns=120,
            lines=40,
        )
        self.terminal.until("here>")

    def carry_out(self, line: str, *, patience: float = SECONDS) -> str:
        """Type a line, leave the dashboard that it may open, and return what it printed; it must succeed."""
        start = len(self.terminal.output)
        self.terminal.press(line, "enter")
        self.terminal.until(lambda _: self._ended(start) or DASHBOARD in self._since(start), patience)
        if not self._ended(start):
            self.terminal.until("Elites by connections")
            self.terminal.until("★")
            self.terminal.press("q")
            self.terminal.until("Detach")
            self.terminal.press("d")
            self.terminal.until(lambda _: self._ended(start))
        told = self._since(start)
        code = PROMPT.search(told)
        assert code is not None
        assert code[1] == b"0", f"{line}\n{told.decode()}"
        return told.decode()

    def _since(self, start: int) -> bytes:
        return self.terminal.output[start:]

    def _ended(self, start: int) -> bool:
        return PROMPT.search(self._since(start)) is not None


def shell_lines() -> list[str]:
    return [line for block in blocks(README) if block.language == "sh" for line in block.text.splitlines()]


def carry_out(shell: Shell, *, patience: float = SECONDS) -> None:
    """Carry out every line in its order."""
    for line in shell_lines():
        if line == "galapagos stop":
            with BlockingClient.connect(open_run("latest").socket_path) as client:
                client.wait(lambda snapshot: snapshot.generation >= ENOUGH, timeout=SECONDS)
        told = shell.carry_out(line, patience=patience)
        if line.startswith("galapagos replay"):
            assert "identical: 20 generations" in told
        if line.startswith("galapagos evaluate"):
            assert "10 " in told


@pytest.fixture
def _nothing_goes_on() -> Iterator[None]:
    yield
    for info in list_runs():
        run = open_run(info.name)
        if run.is_alive():
            with BlockingClient.connect(run.socket_path) as client:
                client.send(Stop())
                with pytest.raises(ConnectionLost):
                    client.wait(lambda _: False, timeout=SECONDS)


@pytest.mark.usefixtures("_nothing_goes_on")
def test_every_line_for_the_shell_does_what_it_says(own_home: Path, tmp_path: Path) -> None:
    checkout = copy_of_the_checkout(tmp_path / "galapagos")
    (checkout / ".venv").symlink_to(Path(sys.prefix))
    here = str(Path(sys.prefix) / "bin")
    path = os.pathsep.join(place for place in os.environ["PATH"].split(os.pathsep) if place != here)
    environment = {
        **os.environ,
        "PATH": path,
        "GALAPAGOS_HOME": str(own_home),
        "UV_NO_SYNC": "1",
        "PYTHONPATH": str(checkout),
        "PYTEST_DEBUG_TEMPROOT": str(tmp_path),
        **ONE_TEST,
    }
    carry_out(Shell(checkout, environment))


@pytest.mark.slow
@pytest.mark.usefixtures("_nothing_goes_on")
def test_every_line_works_in_a_fresh_clone_with_an_empty_home_and_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "newcomer"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "galapagos"], check=True)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    unwanted = ("GALAPAGOS", "VIRTUAL_ENV", "UV_", "XDG_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environment |= {
        "HOME": str(home),
        "PATH": f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{environment['PATH']}",
        "PYTEST_DEBUG_TEMPROOT": str(tmp_path),
        **ONE_TEST,
    }
    monkeypatch.delenv("GALAPAGOS_HOME")
    monkeypatch.setenv("HOME", str(home))
    carry_out(Shell(tmp_path / "galapagos", environment), patience=1800)


def test_the_python_of_the_readme_runs_as_a_script(tmp_path: Path) -> None:
    (script,) = (block.text for block in blocks(README) if block.language == "python")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def copy_of_the_checkout(to: Path) -> Path:
    """Link what belongs to a checkout, so that what is made there is not made in this one."""
    to.mkdir()
    for name in (
        "galapagos",
        "tui",
        "library_store",
        "params",
        "tests",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ):
        (to / name).symlink_to(ROOT / name)
    return to
