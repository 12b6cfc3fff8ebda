"""Names that came from elsewhere, on the screens of runs: nothing obeys them, and every line fits."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from galapagos.engine.snapshot import Happening, RunState, WorkerSummary
from galapagos.parameter_files import Preset
from tests.engine.fakes import FakeHost, snapshot
from tests.tui.dashboards import open_run
from tests.tui.home_offers import offer, run_info, sees
from tests.tui.recorded_run import recorded_journal
from tests.tui.screen_text import screen_lines, screen_strips
from tui.dashboard import Dashboard

if TYPE_CHECKING:
    from textual.app import App

HOSTILE = {
    "markup that closes nothing": "[/nope] [/] [bold",
    "an action": "[@click=app.quit]click[/] [@click='app.bell']x",
    "a link": "[link=https://example.org]here[/link]",
    "escape sequences": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]52;c;YQ==\x1b\\ \x1b[2J\x1bc",
    "one byte control": "\x9b2J \x9d0;title\x9c \x90q\x9c \x85 \x8d",
    "right to left": "\u202eevil\u202c \u2066isolate\u2069 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "wide": "漢字かな 한국어 🧬🧠 👩‍👩‍👧‍👦 e\u0301\u0308\u0323",
    "nothing to see": "\u200b\u2060\ufeff\u00ad\u2028\u2029",
    "lines": "a\nb\r\nc\td\x0be\x0cf",
    "10 kB": "x" * 10_000,
    "empty": "",
}
SIZES = [(80, 24), (120, 40)]


def assert_harmless(app: App[Any], size: tuple[int, int]) -> None:
    """Check that what is on a screen is text alone, and fits it."""
    for strip in screen_strips(app):
        for segment in strip:
            assert not {"@click", "link"} & set((segment.style.meta if segment.style else {}) or {})
            assert segment.style is None or not segment.style.link
    lines = screen_lines(app)
    assert len(lines) == size[1]
    for line in lines:
        assert cell_len(line) <= size[0], line
        # Direction marks and other formats belong to no name; joiners hold a family together.
        odd = {letter for letter in line if unicodedata.category(letter) in ("Cc", "Cs")}
        assert not odd | {letter for letter in line if "\u202a" <= letter <= "\u202e"}, line


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_run_full_of_hostile_names(tmp_path: Path, kind: str) -> None:
    name, size = HOSTILE[kind], (80, 24)
    picture = snapshot(
        title=name,
        state=RunState.PAUSED,
        message=name,
        notices=(name,),
        directory=name,
        happenings=(Happening(1, name, name), Happening(2, "elite", name)),
        workers=(WorkerSummary(1, name, 3),),
        parameters={**snapshot().parameters, "complexity_measure": name, "name": name, "env_name": name},
        pending={"name": name},
    )
    host = FakeHost(picture)
    for known in host.genomes.values():
        known["operator"], known["parents"] = name, [name]
    lines = [
        *recorded_journal()[:20],
        {"type": "inject", "generation": 18, "parent": name, "source": name},
        {"type": "parameters", "generation": 18, "changes": {name: [name, name]}},
    ]
    async with open_run(host, tmp_path, size=size, journal=lines) as run:
        for keys in ((), ("v",), ("P",), ("P",), ("P",), ("P", "enter"), ("escape", "2"), ("n", "n")):
            await run.press(*keys)
            await run.pilot.pause()
            assert_harmless(run.app, size)
        assert run.app.is_running


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_home_full_of_hostile_names(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    name = HOSTILE[kind]
    states = ("alive", "stopped", "failed", "finished")
    runs = [replace(run_info(f"{name}{state}", state, 1.0), title=name, message=name) for state in states]
    offer(monkeypatch, runs, (Preset(f"wann-gym/{name}", Path("x.yaml"), name, name),))
    app = Dashboard()
    async with app.run_test(size=SIZES[0]) as pilot:
        await sees(pilot, "Start an experiment")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            for key in ("home", "down", "down", "down", "down"):
                await pilot.press(key)
                await pilot.pause()
                assert_harmless(app, size)
