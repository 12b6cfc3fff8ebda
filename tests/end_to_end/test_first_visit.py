"""What somebody does who never saw the program, in a real terminal, with what its screens say alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Stop
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.records.run_directory import open_run
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost, UnknownRun
from library_store import Library
from tests.end_to_end.terminals import SECONDS, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHT = r"weight (-?\d+\.\d+)"


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()
    try:
        run = open_run("latest")
    except UnknownRun:
        return
    if run.is_alive():
        with BlockingClient.connect(run.socket_path) as client:
            client.send(Stop())
            with pytest.raises(ConnectionLost):
                client.wait(lambda _: False, timeout=SECONDS)


def test_start_steer_save_inject_watch_detach_and_come_back(terminal: Terminal) -> None:
    terminal.until("enter starts the highlighted one")
    terminal.until("networks     192 a generation")
    terminal.press("enter")
    terminal.until("evolving")
    terminal.until(lambda text: "★" in text and "best w" in text)

    terminal.press("e")
    terminal.until("enter edits a value")
    terminal.press("/", "complexity_levels")
    terminal.until("Levels of complexity")
    terminal.press("enter")
    terminal.until("/ Search")
    terminal.press("enter")
    terminal.until("f2 Apply")
    terminal.press("ctrl+u", "4", "enter")
    terminal.until("1 edited, not applied")
    terminal.press("a")
    terminal.until("acts in generation")
    terminal.press("escape")
    terminal.until("Elites by connections")

    # Who acts on an elite of a run this quick does so while it pauses: the next generation may replace it.
    terminal.press(" ")
    terminal.until("space goes on")
    terminal.press("s")
    terminal.until("L shows it")
    terminal.press("L")
    terminal.until("1 saved elite")
    terminal.press("i")
    terminal.until("is injected")
    terminal.press("escape")
    terminal.until("Elites by connections")

    terminal.press("w")
    terminal.until("Fitness over the weight")
    terminal.until("episode 1")
    before = terminal.number(WEIGHT)
    terminal.press("right")
    terminal.until(lambda _: terminal.number(WEIGHT) > before)
    terminal.press("q")
    terminal.until("Elites by connections")
    terminal.press(" ")
    terminal.until("evolving")

    terminal.press("q")
    terminal.until("Detach")
    terminal.press("d")
    assert terminal.until_the_end() == 0
    assert terminal.is_restored
    run = open_run("latest")
    assert run.is_alive()

    again = Terminal("attach", columns=120, lines=40)
    again.until("evolving")
    again.until("★")
    again.press("q")
    again.until("Detach")
    again.press("s")
    assert again.until_the_end() == 0
    assert again.is_restored
    assert run.condition() == "stopped"
    lines, _ = read_lines(run.journal_file)
    assert {"complexity_levels": [8, 4]} in [
        line["changes"] for line in lines if line["type"] == "parameters"
    ]
    [saved] = Library().get_all()
    [clone] = [line for line in lines if line["type"] == "clone"]
    assert clone["parent"] == saved.id
