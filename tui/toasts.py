"""The part of the application that keeps messages from hiding what they are about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import App, ReturnType
from textual.widgets._toast import ToastHolder, ToastRack

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.notifications import Notification, Notify

LOW = 32
"""Lines below which a screen is low."""
MOST_ON_LOW, MOST = 1, 5
"""So many messages are seen at once, and the last that is no mere information beside them."""
SECONDS_UNTIL_GONE = 0.1
"""After so long a message that was taken away is in no layout any more."""


class ToastingApp(App[ReturnType], inherit_bindings=False):
    """An application in which a new message takes the place of older ones where they find no room.

    Textual (8.2) puts them above each other, as many as there are; four of them hide most of 24 lines. A
    message says with `(+3)` how many it took the place of.
    """

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class)
        self._hidden: dict[str, int] = {}

    def on_notify(self, event: Notify) -> None:
        """Make room for a message before it is shown; textual's own handler shows it then."""
        seen = list(self._notifications)
        told = {one.identity: self._hidden.get(one.identity, 0) for one in seen}
        gone = _without_room(seen, MOST_ON_LOW if self.size.height < LOW else MOST)
        count = sum(1 + told.pop(one.identity) for one in gone)
        if count:
            event.notification.message += f" (+{count})"
            told[event.notification.identity] = count
            self._remove(gone)
        self._hidden = told

    def _unnotify(self, notification: Notification, refresh: bool = True) -> None:
        """Forget a message, and draw what it covered."""
        super()._unnotify(notification, refresh)
        # Where something scrolls when a message goes, textual takes the layout without it for the last one,
        # and its letters stay on the terminal.
        for rack in self.screen.query(ToastRack):
            rack.screen.set_timer(SECONDS_UNTIL_GONE, partial(rack.screen.refresh, rack.region))

    def _remove(self, gone: list[Notification]) -> None:
        for one in gone:
            self._unnotify(one, refresh=False)
        # What textual removes of them by itself leaves an empty holder for each.
        for screen in self.screen_stack:
            for holder in screen.query(ToastHolder):
                if holder.id is not None and any(holder.id.endswith(one.identity) for one in gone):
                    holder.remove()


def _without_room(seen: list[Notification], most: int) -> list[Notification]:
    """Return which of the messages give way to one more; the last that tells of something wrong stays."""
    wrong = [one for one in seen if one.severity != "information"][-1:]
    others = [one for one in seen if one not in wrong]
    return others[: max(0, len(seen) + 1 - most)]
