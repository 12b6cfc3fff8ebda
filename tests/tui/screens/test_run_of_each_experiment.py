"""The run screen follows the task: what it says of each kind of experiment, at the sizes of terminals."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import orjson
import pytest
from rich.cells import cell_len

from galapagos.engine.commands import Pause
from galapagos.engine.snapshot import RunState
from tests.tui.dashboards import RunUnderTest, open_run
from tests.tui.experiments import host_of
from tests.tui.journals import journal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SIZES = ((80, 24), (120, 40), (200, 60))
WORDS = {
    "wann-classification": ["loss 1.403", "Elites by connections", "50.0 %", "Loss by generation"],
    "wlnn": ["loss 0.214", "test 91.6 %", "Elites by connections", "92.4 %", "Loss by generation"],
    "learning": ["epoch 12/100", "loss 0.154", "The network that learns", "91.8 %", "Accuracy (%) by epoch"],
    "layers": ["best 87.2 %", "Elites by layers", "86.7 %", "Accuracy (%) by generation"],
}
SECOND_WORDS = {
    "wann-classification": ["best weight 1.0", "at best w 60.0 %", "Loss by connections"],
    "wlnn": ["5 epochs   by backprop", "held-out 92.9 %", "Loss by connections"],
    "learning": ["12 epochs   by backprop", "test 91.8 %   train 93.3 %"],
    "layers": ["1 epoch", "784 inputs", "Accuracy (%) by layers"],
}


@asynccontextmanager
async def opened(
    experiment: str, directory: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[RunUnderTest]:
    """Open a run with its journal read and drawn."""
    async with open_run(host_of(experiment), directory, size=size, journal=journal_of(experiment)) as run:
        panels = run.screen.panels
        assert panels is not None
        await run.until(lambda: len(run.screen.link.curves.generations) == 30)
        await run.until(lambda: panels.plot._generations.size and panels.is_drawn)
        yield run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("experiment", WORDS)
async def test_all_that_is_told_is_told_in_the_words_of_the_task(
    experiment: str, size: tuple[int, int], tmp_path: Path
) -> None:
    async with opened(experiment, tmp_path, size) as run:
        for words in WORDS[experiment]:
            await run.sees(words)
        if size == (80, 24):
            assert "Menu" in run.text.split("\n")[-1]
            await run.press("v")
        for words in SECOND_WORDS[experiment]:
            await run.sees(words)
        lines = run.text.split("\n")
        assert len(lines) == size[1]
        assert max(map(cell_len, lines)) <= size[0]
        assert "itness" not in run.text
        assert "eward" not in run.text


async def test_a_plots_accuracy_instead_of_fitness_and_back(tmp_path: Path) -> None:
    async with opened("wlnn", tmp_path) as run:
        await run.sees("a: champion's accuracy (%)")
        await run.press("a")
        await run.sees("Champion's accuracy (%) by generation")
        await run.sees("a: loss")
        assert "held-out" in run.text
        await run.show()
        await run.sees("Champion's accuracy (%) by generation")
        await run.press("a")
        await run.sees("Loss by generation")


async def test_learning_begins_with_accuracy_and_a_plots_its_losses(tmp_path: Path) -> None:
    async with opened("learning", tmp_path) as run:
        await run.sees("Accuracy (%) by epoch")
        await run.press("a")
        await run.sees("Loss by epoch")
        await run.sees("a: accuracy (%)")


async def test_without_accuracies_a_is_no_key(tmp_path: Path) -> None:
    async with opened("wann-gym", tmp_path) as run:
        await run.press("a")
        assert "curves" not in {one.binding.action for one in run.screen.active_bindings.values()}
        await run.sees("Reward by generation")
        assert "a:" not in run.text


async def test_a_becomes_a_key_when_the_journal_has_accuracies(tmp_path: Path) -> None:
    async with open_run(host_of("wlnn"), tmp_path) as run:
        assert "a:" not in run.text
        journal = run.screen.link.run_directory / "journal.jsonl"
        journal.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in journal_of("wlnn")))
        await run.sees("a: champion's accuracy (%)")


async def test_where_one_network_learns_there_is_nothing_to_breed(tmp_path: Path) -> None:
    async with opened("learning", tmp_path) as run:
        await run.press("i", "p", "b", "B", "x", "plus", "minus")
        await run.press("space")
        await run.until_commands(1)
        assert run.commands == [Pause()]
        keys = run.text.split("\n")[-1]
        assert [word for word in ("Inject", "Pin", "Breed", "Drop") if word in keys] == []
        actions = {binding.binding.action for binding in run.screen.active_bindings.values()}
        assert not actions & {"inject", "pin", "breed(1)", "breed(10)", "drop", "levels(1)", "levels(-1)"}
        assert actions >= {"pause", "parameters", "undo", "curves", "quit"}


async def test_where_one_network_learns_no_population_is_drawn(tmp_path: Path) -> None:
    async with opened("learning", tmp_path) as run:
        panels = run.screen.panels
        assert panels is not None
        for size in (*SIZES, (80, 44)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            assert not panels.scatter.display
        await run.pilot.resize_terminal(80, 24)
        await run.press("v")
        await run.sees("12 epochs")
        assert not panels.scatter.display


async def test_a_change_while_one_network_learns_acts_in_an_epoch(tmp_path: Path) -> None:
    async with opened("learning", tmp_path) as run:
        assert await run.screen.steering.set_parameters({"lr": 0.1}, {"lr": 0.01}) == "lr: acts in epoch 14"
        await run.show()
        await run.press("e")
        await run.sees("1 pending until epoch 14")


async def test_a_run_that_learned_is_prolonged_by_epochs(tmp_path: Path) -> None:
    async with opened("learning", tmp_path) as run:
        await run.show(state=RunState.FINISHED)
        await run.sees("raise num_epochs (e) to go on")
        await run.press("q", "d")
        await run.until(lambda: run.app.return_value is not None)
    assert run.app.return_value is not None
    assert run.app.return_value.line.endswith("--num_epochs N")


@pytest.mark.parametrize("size", SIZES[:2])
async def test_enter_gives_an_elite_the_whole_screen(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened("layers", tmp_path, size) as run:
        await run.press("enter")
        await run.sees("│ flatten │")
        assert "Elites by layers" not in run.text
        await run.press("escape")
        await run.sees("Elites by layers")


@pytest.mark.parametrize("experiment", ["learning", "layers"])
async def test_every_theme_shows_the_same(experiment: str, tmp_path: Path) -> None:
    async with opened(experiment, tmp_path) as run:
        before = run.text
        for theme in ("textual-light", "ansi-dark", "ansi-light"):
            run.app.theme = theme
            await run.pilot.pause()
            assert run.text == before


@pytest.mark.parametrize("experiment", ["wann-classification", "learning"])
async def test_hostile_values_are_shown_as_they_are(experiment: str, tmp_path: Path) -> None:
    hostile = "[/nope] \x1b[31m\u202e"
    host = host_of(experiment)
    for known in host.genomes.values():
        known["operator"], known["parents"] = hostile, [hostile]
        known["genome"] = {"kind": "layers", "layers": [{"type": hostile, "units": hostile}]}
    parameters = {**host.picture.parameters, "learning_rule": hostile}
    host.show(parameters=parameters)
    async with open_run(host, tmp_path, size=(200, 60), journal=journal_of(experiment)) as run:
        await run.sees("made by [/nope]")
        assert not {"\x1b", "\u202e"} & set(run.text)
