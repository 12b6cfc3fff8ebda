"""The parameter editor of a run under test."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widgets import Input

from tui.screens.parameters import ParametersScreen

if TYPE_CHECKING:
    from tests.tui.dashboards import RunUnderTest

SMALL = (80, 24)


async def open_editor(run: RunUnderTest, name: str = "") -> ParametersScreen:
    """Open the editor, with one parameter found by its name."""
    await run.press("e")
    await run.until(lambda: isinstance(run.app.screen, ParametersScreen))
    editor = cast("ParametersScreen", run.app.screen)
    await run.until(lambda: editor.chosen is not None)
    if name:
        await run.press("slash")
        editor.query_one("#search", Input).value = name
        await run.press("enter")
        await run.until(lambda: editor.chosen == name)
    return editor


async def type_value(run: RunUnderTest, text: str) -> None:
    """Go into the field and type a value over the old one."""
    await run.press("enter")
    await run.until(lambda: isinstance(run.app.screen.focused, Input))
    await run.press(*("minus" if letter == "-" else letter for letter in text))
