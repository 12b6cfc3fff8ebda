"""The part of the application that leaves alone what nobody sees: screens under an opaque one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App, ReturnType

if TYPE_CHECKING:
    from textual.screen import Screen


class CoveringApp(App[ReturnType], inherit_bindings=False):
    """An application that paints nothing for a screen that another one covers.

    Textual (8.2) takes the screen below any other for visible, because that one may be translucent. A covered
    screen that is alive, like a run's, then has the whole terminal painted with every frame, for ever: 240 kB
    a second at 120x40 while somebody looked at the curves.
    """

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        return super()._background_screens if self.screen.styles.background.a < 1 else []

    def _check_resize(self) -> None:
        event = self._resize_event
        super()._check_resize()
        if event is not None and self._resize_event is None:
            # What is covered has the classes of its size when it is seen again.
            seen = [self.screen, *self._background_screens]
            for screen in self.screen_stack:
                if screen not in seen:
                    screen.post_message(event)
