"""Every screen of a run whose engine, files and library are somebody else's shows and never obeys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.snapshot import Happening, WorkerSummary
from galapagos.engine.socket import protocol
from galapagos.plain_text import plain
from library_store import Library
from tests.engine.fakes import FakeHost, snapshot
from tests.engine.small_run import line
from tests.hostile.mutations import CONTROL, MARKUP
from tests.library_store.elites import graph_elite
from tests.tui.dashboards import open_run

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.snapshot import Snapshot
    from tests.tui.dashboards import RunUnderTest

TEXT = f"{MARKUP}{CONTROL}evil"
OBEYED = {character for character in CONTROL if character not in "\r\n\t"} - {*"[2J]0;owned31m"}
PLACES = ("2", "3", "4", "e", "L", "question_mark", "ctrl+p")
"""The keys that open another screen."""

JOURNAL: list[dict[str, Any]] = [
    *(line(number, **{TEXT: TEXT}) for number in range(5)),
    {"type": "parameters", "generation": 3, "changes": {TEXT: [TEXT, {TEXT: [TEXT]}], "lr": [1, 2]}},
    {"type": "inject", "generation": 4, "source": TEXT, "parent": TEXT},
    {"type": "clone", "generation": 4, "id": TEXT, "failed": TEXT},
    {"type": "drop", "generation": 4, "id": TEXT},
    {"type": TEXT, "generation": 4},
]


def hostile_picture() -> Snapshot:
    """Return a picture every text of which tries something."""
    picture = snapshot()
    elites = tuple(replace(elite, accuracies={TEXT: 0.5}) for elite in picture.elites)
    return replace(
        picture,
        run=TEXT,
        title=TEXT,
        message=TEXT,
        directory=TEXT,
        elites=elites,
        champion=elites[-1],
        workers=(WorkerSummary(1, TEXT, 3),),
        happenings=tuple(Happening(number, TEXT, f"{TEXT} {number}") for number in range(30)),
        parameters={**picture.parameters, "env_name": TEXT, "activations": [TEXT], "learning_rule": TEXT},
        pending={TEXT: TEXT, "lr": TEXT},
    )


def hostile_host() -> FakeHost:
    host = FakeHost(hostile_picture())
    for known in host.genomes.values():
        known |= {"operator": TEXT, "parents": [TEXT], TEXT: TEXT}
        known["evaluation"]["objectives"] |= {TEXT: 1.0}
    return host


@pytest.mark.parametrize(
    "size",
    [
        (120, 40),
        pytest.param((80, 24), marks=pytest.mark.slow),
        pytest.param((200, 60), marks=pytest.mark.slow),
    ],
)
async def test_no_screen_of_a_run_obeys_what_it_shows(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    # A hostile engine does not make its texts plain before it sends them.
    monkeypatch.setattr(protocol, "showable", lambda picture: picture)
    monkeypatch.setattr("galapagos.engine.socket.connection.plain_json", lambda value: value)
    with Library() as library:
        library.put(graph_elite(1), name=MARKUP, tags=["[red]tag[/]"], notes=TEXT)
    async with open_run(hostile_host(), tmp_path, size=size, journal=JOURNAL) as run:
        must_be_harmless(run)
        assert "[bold red]no[/]" in run.text
        for key in PLACES:
            await run.press(key)
            await run.pilot.pause(0.1)
            must_be_harmless(run)
            for other in ("j", "enter", "j"):
                await run.press(other)
                await run.pilot.pause()
                must_be_harmless(run)
            for _ in range(4):
                if run.app.screen is run.screen:
                    break
                await run.press("escape")
                await run.pilot.pause()
        assert run.app.is_running
        assert run.app.return_value is None
        # What it says of its parameters is none that can be edited, and that is told.
        await run.press("e")
        await run.until(lambda: any("cannot be edited here" in toast for toast in run.toasts))


def must_be_harmless(run: RunUnderTest) -> None:
    assert not OBEYED & set(run.text), run.text
    assert "\x1b" not in run.text
    for toast in run.toasts:
        assert toast.replace("\n", " ") == plain(toast, 5000)
