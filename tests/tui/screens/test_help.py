"""Help, keys and palette: made from the live bindings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from functools import partial
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode

import tui
from galapagos.engine.commands import Pause
from tests.engine.fakes import FakeHost
from tests.tui.dashboards import open_run
from tui.screens.help import HelpScreen, binding_rows
from tui.screens.run_keys import RUN_KEYS

if TYPE_CHECKING:
    from pathlib import Path

SWALLOWED = {"ctrl+i", "ctrl+j", "ctrl+m", "ctrl+h", "ctrl+[", "ctrl+s", "ctrl+b"}
"""Keys that terminals, multiplexers or flow control take for themselves, or send as another key."""


def bindings() -> list[tuple[str, Binding]]:
    """Return every binding of this program with the class that declares it."""
    found = []
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        for name, item in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if item.__module__ == module.name and issubclass(item, DOMNode):
                found += [(name, binding) for binding in vars(item).get("BINDINGS", ())]
    return found


def test_every_binding_has_an_id_of_its_own() -> None:
    by_id: dict[str, set[tuple[str, str]]] = {}
    for owner, binding in bindings():
        assert isinstance(binding, Binding), owner
        assert binding.id, (owner, binding.key)
        by_id.setdefault(binding.id, set()).add((binding.key, binding.action))
    assert {id_: meanings for id_, meanings in by_id.items() if len(meanings) > 1} == {}


def test_every_binding_of_a_screen_says_what_it_does() -> None:
    for owner, binding in bindings():
        if owner.endswith(("Screen", "Dashboard")):
            assert binding.description, (owner, binding.key)
            assert binding.tooltip, (owner, binding.key)


def test_no_binding_needs_a_key_that_terminals_swallow() -> None:
    for owner, binding in bindings():
        keys = set(binding.key.split(","))
        assert keys - SWALLOWED, (owner, binding.key)


def test_arrows_and_hjkl_only_move_or_turn_the_knob_of_a_weight() -> None:
    moves = {"up", "down", "left", "right", "h", "j", "k", "l"}
    for owner, binding in bindings():
        if moves & set(binding.key.split(",")):
            allowed = ("cursor", "move", "scroll", "choice", "turn", "level")
            assert binding.action.startswith(allowed), (owner, binding.key)


async def test_help_lists_every_key_that_works(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(120, 60)) as run:
        rows = binding_rows(run.screen)
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        for keys, name, tooltip, _ in rows:
            await run.sees(f"{keys}  {name}")
            await run.sees(tooltip[:40])
        shown = {name for _, name, _, _ in rows}
        absent = {"run.view", "run.resume", "run.back", "run.curves"}
        for binding in RUN_KEYS:
            assert isinstance(binding, Binding)
            assert (binding.description in shown) is (binding.id not in absent), binding.id
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_the_palette_knows_every_action(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        titles = [command.title for command in run.app.get_system_commands(run.screen)]
        for name in ("Pause", "Parameters", "Inject", "Pin", "Breed ten", "Undo", "Quit", "Help", "Theme"):
            assert any(title.startswith(name) for title in titles), name
        await run.press("colon")
        await run.until(lambda: isinstance(run.app.screen, CommandPalette))
        await run.press(*"pause")
        await run.sees("Stop sending work at once")
        await run.press("enter")
        await run.pilot.pause()
        if isinstance(run.app.screen, CommandPalette):
            await run.press("enter")
        await run.until(lambda: run.commands == [Pause()])


async def test_a_key_can_be_mapped_to_another(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        run.app.set_keymap({"run.pause": "z"})
        await run.press("z")
        await run.until(lambda: run.commands == [Pause()])


async def test_help_explains_the_words_below_the_keys_and_finds_both(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(80, 24)) as run:
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        await run.press("g")
        await run.sees("accuracy  The share of images")
        keys = run.app.screen.query_one("#keys")
        for key, back in (("j", "k"), ("down", "up"), ("pagedown", "pageup")):
            before = keys.scroll_offset.y
            await run.press(back)
            await run.until(partial(lambda before: keys.scroll_offset.y < before, before))
            await run.press(key)
            await run.until(partial(lambda before: keys.scroll_offset.y == before, before))
        await run.press("slash", *"crowding")
        await run.sees("How far a network stands")
        assert "Stop sending work" not in run.text
        await run.press("enter", "slash", "escape", "slash", *"pause")
        await run.sees("Stop sending work at once")
        await run.press(*"[/x]")
        await run.sees("Nothing has all these words in it")
        await run.press("escape")
        await run.sees("Pause")
        await run.press("q")
        await run.until(lambda: run.app.screen is run.screen)


async def test_help_says_everything_of_a_key_in_a_narrow_terminal(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(80, 200)) as run:
        rows = binding_rows(run.screen)
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        for _, _, tooltip, _ in rows:
            await run.until(partial(lambda words: said(words) in said(run.text), tooltip))


def said(text: str) -> str:
    """Return the words of a text without frames, scroll bars and the ends of lines."""
    return " ".join(re.findall(r"[\w']+", text))


async def test_help_works_at_any_size(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(120, 40)) as run:
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        for size in ((80, 24), (200, 60)):
            await run.pilot.resize_terminal(*size)
            await run.sees("─ Keys and words ─")
            await run.sees("space  Pause")
        await run.pilot.resize_terminal(1, 1)
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
