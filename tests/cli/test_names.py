"""`--as NAME`: who looks and steers, wherever a dashboard opens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from galapagos.cli.start import start_and_show
from galapagos.engine.commands import Pause
from galapagos.engine.socket.client import own_name
from tui.run_link import RunLink
from tui.terminal import PERSON, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.engine.records.run_directory import RunDirectory
    from tests.cli.conftest import Called, LiveRun
    from tui.run_link import Connect

PRESET = "wann-gym/CartPoleSwingUp"


def in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Return the names under which dashboards will have been opened."""
    names: list[str | None] = []

    def show(*_: object, **__: object) -> int:
        names.append(person())
        return 0

    for door in ("run_dashboard", "run_home"):
        monkeypatch.setattr(f"tui.app.{door}", show)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    return names


@pytest.mark.parametrize(("flags", "name"), [((), None), (("--as", "ada"), "ada"), (("--as=b\x00o",), "bo")])
def test_home_and_attach_open_under_a_name(
    galapagos: Callable[..., Called],
    live_run: LiveRun,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    name: str | None,
) -> None:
    opened = in_a_terminal(monkeypatch)
    assert galapagos(*flags).code == 0
    assert galapagos("attach", live_run.run.name, *flags).code == 0
    assert opened == [name, name]


def test_home_takes_both_of_its_flags_and_knows_no_others(
    galapagos: Callable[..., Called], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = in_a_terminal(monkeypatch)
    assert galapagos("--ascii", "--as", "ada").code == 0
    assert galapagos("--as", "ada", "--ascii").code == 0
    assert opened == ["ada", "ada"]
    for wrong, error in (
        (("--as",), "--as lacks its value (`galapagos --help` says more)"),
        (("--as", "\x1b[2J"), "--as: a name has something to see in it, as ada"),
        (("--ascii", "--readonly"), "'--readonly' is no option"),
        (("--ascii", "run"), "'run' is one argument too many"),
    ):
        called = galapagos(*wrong)
        assert (called.code, called.err.count("\n")) == (2, 1)
        assert error in called.err


class Started:
    """A run that another process has made under a name; nothing is launched."""

    def __init__(self, command: str, arguments: list[str]) -> None:
        from galapagos.cli.prepare import get_ready

        self._ready = get_ready(command, arguments)

    def wait_until_made(self) -> tuple[Path, str, str | None]:
        return self._ready.directory.path, self._ready.notice, self._ready.as_name

    async def connect(self, path: Path) -> None:
        raise NotImplementedError

    def leave(self) -> None:
        """Nothing was started."""


def test_run_and_resume_open_under_a_name(stopped_run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = in_a_terminal(monkeypatch)
    monkeypatch.setattr("galapagos.cli.start.StartingRun", Started)
    assert start_and_show("run", [PRESET, "--as", "ada"]) == 0
    assert start_and_show("resume", [stopped_run.name, "--as", "bob"]) == 0
    assert start_and_show("run", [PRESET]) == 0
    assert opened == ["ada", "bob", "bob"]


def test_fork_opens_under_a_name(
    galapagos: Callable[..., Called],
    stopped_run: RunDirectory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = in_a_terminal(monkeypatch)
    monkeypatch.setattr("galapagos.engine.branches.fork", lambda *_: stopped_run)
    monkeypatch.setattr("galapagos.engine.launch.launch", lambda _: None)
    assert galapagos("fork", stopped_run.name, "--at", "3", "--as", "ada").code == 0
    assert opened == ["ada"]


@pytest.mark.parametrize(("said", "name"), [("ada", "ada"), ("", None)])
def test_whatever_run_a_dashboard_shows_is_steered_under_the_name(
    live_run: LiveRun, monkeypatch: pytest.MonkeyPatch, said: str, name: str | None
) -> None:
    monkeypatch.setenv(PERSON, said)

    async def name_of(connect: Connect) -> str:
        client = await connect()
        await client.close()
        return client.name

    class Nobody:
        def post_message(self, _: object) -> bool:
            return True

    assert asyncio.run(name_of(RunLink(live_run.run.path, Nobody())._connect)) == (name or own_name())


def test_commands_take_the_name_of_the_environment_and_their_flag_before_it(
    galapagos: Callable[..., Called], live_run: LiveRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PERSON, "ada")
    assert galapagos("pause").code == 0
    assert galapagos("pause", "--as", "bob").code == 0
    assert live_run.host.commands == [(Pause(), "ada"), (Pause(), "bob")]


@pytest.mark.parametrize("command", ["run", "resume", "attach", "fork"])
def test_what_opens_a_dashboard_names_the_flag(
    galapagos: Callable[..., Called], capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit):
        galapagos(command, "--help")
    assert "[--as NAME]" in capsys.readouterr().out
