"""The keys at the foot of a screen, so that a style sheet can say which of them need the room first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from textual.app import ComposeResult


class KeyFooter(Footer):
    """A compact footer whose keys carry the class `-key-<name of the key>`."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    def compose(self) -> ComposeResult:
        """Name the keys."""
        for key in super().compose():
            if isinstance(key, FooterKey):
                key.add_class("-key-" + key.key.replace("+", "_"), update=False)
            yield key
