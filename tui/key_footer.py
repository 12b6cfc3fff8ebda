"""The keys at the foot of a screen, so that a style sheet can say which of them need the room first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.binding import Binding
from textual.layouts.horizontal import HorizontalLayout
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import ActiveBinding
    from textual.geometry import Size
    from textual.layout import ArrangeResult
    from textual.widget import Widget

_OF_APP = "-of-app"


class WholeKeys(HorizontalLayout):
    """Lays out, from left to right, as many keys as fit wholly.

    Where they do not all fit, the last of the screen give way; those of the application, which is where help
    and the menu of everything are, stay as long as there is room for them alone.
    """

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,
    ) -> ArrangeResult:
        """Return the places of those that fit."""
        kept = list(children)
        while True:
            placed = super().arrange(parent, kept, size, greedy)
            if not placed or placed[-1].region.right <= size.width:
                return placed
            give_way = [child for child in kept if not child.has_class(_OF_APP)]
            kept.remove((give_way or kept)[-1])


class KeyFooter(Footer):
    """A compact footer of whole keys, which carry the class `-key-<name of the key>`.

    It is the name of the first key that a binding has by itself, whatever a person has mapped it to.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._whole_keys = WholeKeys()

    @property
    def layout(self) -> WholeKeys:
        """How the keys are laid out; a style sheet can only name a layout of textual's."""
        return self._whole_keys

    def compose(self) -> ComposeResult:
        """Name the keys."""
        active = self.screen.active_bindings
        for key in super().compose():
            if isinstance(key, FooterKey):
                usual = _usual_key(active[key.key]) if key.key in active else key.key
                key.add_class("-key-" + usual.replace("+", "_"), update=False)
                if key.key in active and isinstance(active[key.key].node, App):
                    key.add_class(_OF_APP, update=False)
            yield key


def _usual_key(active: ActiveBinding) -> str:
    for binding in active.node.BINDINGS:
        if isinstance(binding, Binding) and binding.id and binding.id == active.binding.id:
            return binding.key.partition(",")[0]
    return active.binding.key
