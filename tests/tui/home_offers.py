"""What the home screen offers in tests: runs and experiments that are only said to be there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from galapagos.engine.records.run_directory import RunInfo
from galapagos.parameter_files import Preset
from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tui.screens import home

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest
    from textual.app import App
    from textual.pilot import Pilot

    from tui.home_choices import HomeChoice

PRESET = Preset("wann-gym/CartPoleSwingUp", Path("x.yaml"), "Swing [up] a pole.")
KINDS = ("layers/digits", "wlnn-mnist/old", "wann-gym/Pole", "learning/digits", "wlnn/digits", "mine/own")


def run_info(name: str, state: str, started: float) -> RunInfo:
    """Return what is known of a run that is not there."""
    return RunInfo(name, Path("runs", name), "wann-gym/CartPoleSwingUp", state, 12, 345.6, started)


def many(count: int = 40) -> tuple[Preset, ...]:
    """Return so many presets of the known kinds."""
    names = [f"{KINDS[number % 5]}-{number:02}" for number in range(count)]
    return tuple(Preset(name, Path("x.yaml"), f"What [{name}] is about") for name in names)


def offer(monkeypatch: pytest.MonkeyPatch, runs: Sequence[RunInfo], presets: tuple[Preset, ...] = ()) -> None:
    """Let the home screen find these runs and presets."""
    monkeypatch.setattr("galapagos.engine.records.run_directory.list_runs", lambda: runs)
    monkeypatch.setattr("galapagos.parameter_files.presets", lambda: presets)


class Opened(NamedTuple):
    """A choice that was opened, whether only to look at it, and the parameters that were edited before."""

    name: str
    look: bool = False
    overrides: Mapping[str, Any] = {}


def record_openings(monkeypatch: pytest.MonkeyPatch, directory: Path) -> list[Opened]:
    """Return what the home screen opens from now on, of which a directory is said to be the run."""
    opened: list[Opened] = []

    def open_choice(choice: HomeChoice, *, look: bool, overrides: Mapping[str, Any]) -> Path:
        opened.append(Opened(choice.name, look, dict(overrides)))
        return directory

    monkeypatch.setattr(home, "open_choice", open_choice)
    return opened


def text(app: App[Any]) -> str:
    """Return what is on the terminal."""
    return "\n".join(screen_lines(app))


async def sees(pilot: Pilot[Any], words: str) -> None:
    """Wait until words are on the terminal."""
    await wait_until(
        pilot, lambda: words in text(pilot.app), lambda: f"{words!r} is not on\n{text(pilot.app)}"
    )
