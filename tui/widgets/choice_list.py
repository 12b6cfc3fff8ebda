"""A list of choices that a click moves in and a second click opens, as in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual.events import Click

_DOUBLE = 2


class ChoiceList(OptionList):
    """A list whose lines cost something to choose: one click only highlights."""

    async def _on_click(self, event: Click) -> None:
        # The list of textual would choose at once.
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is not None and not self.get_option_at_index(clicked).disabled:
            self.highlighted = clicked
            if event.chain == _DOUBLE:
                self.action_select()
