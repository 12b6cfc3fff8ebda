"""The keys at the foot of a screen, so that a style sheet can say which of them need the room first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import ActiveBinding


class KeyFooter(Footer):
    """A compact footer whose keys carry the class `-key-<name of the key>`.

    It is the name of the first key that a binding has by itself, whatever a person has mapped it to.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    def compose(self) -> ComposeResult:
        """Name the keys."""
        active = self.screen.active_bindings
        for key in super().compose():
            if isinstance(key, FooterKey):
                usual = _usual_key(active[key.key]) if key.key in active else key.key
                key.add_class("-key-" + usual.replace("+", "_"), update=False)
            yield key


def _usual_key(active: ActiveBinding) -> str:
    for binding in active.node.BINDINGS:
        if isinstance(binding, Binding) and binding.id and binding.id == active.binding.id:
            return binding.key.partition(",")[0]
    return active.binding.key
