"""The frames of a run's panels, for the first paint: nothing heavy is imported for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.plain_content import plain_content

if TYPE_CHECKING:
    from textual.app import ComposeResult

_TITLES = {
    "elites": "Elites",
    "fitness": "Curves",
    "elite": "Elite",
    "scatter": "Population",
    "happenings": "What happened",
}


class RunFrames(Vertical):
    """The frames of the panels, for the first paint."""

    def __init__(self, name: str) -> None:
        super().__init__(id="run")
        self._run_name = name

    def compose(self) -> ComposeResult:
        """Lay them out."""
        yield Static(
            Content.assemble(
                (" Galápagos  ", "bold $text-primary"),
                plain_content(self._run_name),
                ("  connecting …", "dim"),
            ),
            id="header",
        )
        with Container(id="panels"):
            for id_, title in _TITLES.items():
                frame = Static(id=id_)
                frame.border_title = title
                yield frame
