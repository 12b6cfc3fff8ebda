"""The keys at the foot of a screen: as many as fit wholly, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding

from tui.widgets.line_drawing import DrawnWidget, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import ActiveBinding
    from textual.events import MouseDown, MouseMove
    from textual.screen import Screen
    from textual.strip import Strip

_PARTS = ("key", "description", "off", "pointed")


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as the footer shows it.

    Attributes:
        key: What is pressed.
        display: What it is called.
        description: What it does, in a word or two.
        explanation: What it does, in a sentence.
        enabled: Whether it does that now.
        usual: The first key that the binding has by itself, whatever a person has mapped it to.
        of_app: Whether it works on every screen.
    """

    key: str
    display: str
    description: str
    explanation: str
    enabled: bool
    usual: str
    of_app: bool

    @property
    def width(self) -> int:
        """Cells that it takes, without the gap behind it."""
        return cell_len(self.display) + 1 + cell_len(self.description)


class KeyFooter(DrawnWidget):
    """Shows the keys that a screen has at this moment; a click presses one.

    Textual's own footer has a widget for each key, and mounts all of them anew whenever one may have changed:
    most of the styling that opening a screen cost.

    Args:
        give_way: The usual keys that go first where not all fit, in this order.
    """

    PREFIX = "key-footer"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"key-footer--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        & > .key-footer--key { color: $footer-key-foreground; text-style: bold; }
        & > .key-footer--description { color: $footer-description-foreground; }
        & > .key-footer--off { color: $footer-description-foreground; text-style: dim; }
        & > .key-footer--pointed { color: $footer-key-foreground; background: $block-hover-background; }
    }
    """

    def __init__(self, *give_way: str) -> None:
        super().__init__()
        self._give_way = give_way
        self._keys: tuple[ShownKey, ...] = ()
        self._pointed: ShownKey | None = None

    def on_mount(self) -> None:
        """Hear of every change of the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._show_keys)

    def on_unmount(self) -> None:
        """Hear nothing more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_mouse_down(self, event: MouseDown) -> None:
        """Press the key that is clicked."""
        key = self._key_at(event.x)
        if key is not None and key.enabled:
            self.app.simulate_key(key.key)
        elif key is not None:
            self.app.bell()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Explain the key under the mouse."""
        self._point_at(self._key_at(event.x))

    def on_leave(self) -> None:
        """Explain nothing."""
        self._point_at(None)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        runs: list[Run] = []
        for key in self._fitting(width) if y == 0 else ():
            gap = [(" ", "")] if runs else []
            if key == self._pointed:
                runs += [*gap, (f"{key.display} {key.description}", "pointed")]
            else:
                parts = ("key", "description") if key.enabled else ("off", "off")
                runs += [*gap, (key.display, parts[0]), (f" {key.description}", parts[1])]
        return self.strip(runs, width)

    def _show_keys(self, screen: Screen[object]) -> None:
        # Without the focus of its terminal, the application has no keys for a moment.
        if screen is not self.screen or not self.app.app_focus:
            return
        of_actions: dict[str, ShownKey] = {}
        for active in screen.active_bindings.values():
            if active.binding.show:
                of_actions.setdefault(active.binding.action, self._shown(active))
        keys = tuple(of_actions.values())
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _shown(self, active: ActiveBinding) -> ShownKey:
        binding = active.binding
        return ShownKey(
            key=binding.key,
            display=self.app.get_key_display(binding),
            description=binding.description,
            explanation=active.tooltip or binding.description,
            enabled=active.enabled,
            usual=_usual_key(active),
            of_app=isinstance(active.node, App),
        )

    def _fitting(self, width: int) -> Sequence[ShownKey]:
        """Return those that fit.

        After those that are told to, the last of a screen give way; those of the application, which is where
        help and the menu of everything are, stay as long as there is room for them alone.
        """
        told = [key for usual in self._give_way for key in self._keys if key.usual == usual]
        others = sorted((key for key in reversed(self._keys) if key not in told), key=lambda key: key.of_app)
        kept = list(self._keys)
        for key in (*told, *others):
            if sum(key.width + 1 for key in kept) - 1 <= width:
                break
            kept.remove(key)
        return kept

    def _key_at(self, x: int) -> ShownKey | None:
        start = 0
        for key in self._fitting(self.size.width):
            if start <= x < start + key.width:
                return key
            start += key.width + 1
        return None

    def _point_at(self, key: ShownKey | None) -> None:
        if key != self._pointed:
            self._pointed = key
            self.tooltip = key.explanation if key is not None else None
            self.refresh()


def _usual_key(active: ActiveBinding) -> str:
    for binding in active.node.BINDINGS:
        if isinstance(binding, Binding) and binding.id and binding.id == active.binding.id:
            return binding.key.partition(",")[0]
    return active.binding.key
