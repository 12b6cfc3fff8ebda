"""A network at work: its environment drawn, what it earns and does, and the weight that one may turn."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from galapagos.engine.episodes.protocol import MOST_COLUMNS, MOST_ROWS, Opening
from tui.driver import bytes_sent
from tui.plain_content import plain_content
from tui.screens.watch_keys import OF_A_CART, OF_A_KNOB, WATCH_KEYS
from tui.sending_pace import SendingPace
from tui.terminal import is_remote
from tui.watch_link import EpisodeLink, NewsArrived, require_acting
from tui.widgets.cart_pole import CartPoleView
from tui.widgets.key_footer import KeyFooter
from tui.widgets.pixels import Pixels
from tui.widgets.traces import Traces
from tui.widgets.watch_header import WatchHeader
from tui.widgets.weight_curve import WeightCurve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from galapagos.engine.episodes.news import Stage
    from tui.watch_link import Connect, Watched, WatchLink

WIDTHS: list[tuple[int, str]] = [(0, "-too-narrow"), (40, "-narrow"), (100, "-normal"), (160, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-too-low"), (10, "-low"), (20, "-high")]
FRAMES, REMOTE_FRAMES = 30, 8
"""Frames a second that are asked for, and over SSH, where each crosses the link."""
SECONDS_OF_PANELS, REMOTE_SECONDS_OF_PANELS = 0.1, 0.5
"""What does not move is drawn no more often, and over SSH."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, math.inf)
USUAL_SPEED = SPEEDS.index(1.0)
KICK = 1.0
"""In m/s."""
SECONDS_OF_A_KICK = 0.5
"""For which its arrow is seen."""
POINTS, TRIALS = 41, 16
LOWEST, HIGHEST = -2.0, 2.0
"""The weights of the curve and of the knob, unless the best one lies near or beyond an end."""
BEYOND = 0.5
"""How far past the best weight the curve goes."""
USUAL_WEIGHT = 1.0
"""Where nobody knows a best one."""
_OWN_WEIGHTS = "The network has weights of its own: there is no shared one to turn"
_DECIMALS = 4


class WatchScreen(Screen[None]):
    """Shows a network act; its episodes are played by another process.

    Args:
        title: What the network is called, any text.
        genome: As JSON has it.
        parameters: Those of its run, as JSON has them; `experiment` and `env_name` say where it acts.
        best_weight: The shared weight that scored best, where it is known.
        connect: What plays; by default a process of `galapagos.engine.episode`.
        ascii_only: Draw with plain characters.

    Raises:
        UnknownTask: Where the networks of the experiment do not act.
    """

    CSS_PATH = "watch.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = WATCH_KEYS

    def __init__(
        self,
        title: str,
        genome: Mapping[str, Any],
        parameters: Mapping[str, Any],
        best_weight: float | None = None,
        *,
        connect: Connect | None = None,
        ascii_only: bool = False,
    ) -> None:
        require_acting(parameters)
        super().__init__()
        self._title = title
        self._ascii_only = ascii_only
        known = best_weight is not None and math.isfinite(best_weight)
        self._best = float(best_weight or 0.0) if known else USUAL_WEIGHT
        self._low, self._high = min(LOWEST, self._best - BEYOND), max(HIGHEST, self._best + BEYOND)
        self._weight = self._best
        self._speed = USUAL_SPEED
        self._paused = False
        self._kick = 0.0
        self._notice = ("", "")
        self._drawn_at = self._panels_at = -math.inf
        self._weight_shown: float | None = None
        remote = is_remote(os.environ)
        self._frames = REMOTE_FRAMES if remote else FRAMES
        self._seconds_of_panels = REMOTE_SECONDS_OF_PANELS if remote else SECONDS_OF_PANELS
        self._pace = SendingPace(lambda: bytes_sent(self.app))
        self._wait = 1.0 / self._frames
        self._timer: Timer | None = None
        self._size_sent: tuple[int, int] | None = None
        self._stage: Stage | None = None
        self._connect = connect or EpisodeLink
        self._opening = Opening(parameters, genome, weight=self._weight)
        self.link: WatchLink = self._connect(self._opening, self)

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        ascii_only = self._ascii_only
        yield WatchHeader(self._title, ascii_only=ascii_only, id="header")
        yield Static(id="notice")
        with Container(id="watch"):
            yield CartPoleView(ascii_only=ascii_only, id="cart")
            yield Pixels(ascii_only=ascii_only, id="pixels")
            yield Traces(ascii_only=ascii_only, id="traces")
            yield WeightCurve(ascii_only=ascii_only, id="curve")
        yield KeyFooter("K")
        yield Static("too small: 40 columns, 10 lines at least", id="too-small")

    def on_mount(self) -> None:
        """Begin when the frames are painted."""
        self.query_one("#traces").border_title = "Reward and action"
        self.query_one("#curve").border_title = "Fitness over the weight"
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._stage, self._size_sent = None, None
        self.link.send("frames", self._frames)
        self.link.send("curve", {"low": self._low, "high": self._high, "points": POINTS, "trials": TRIALS})
        self.run_worker(self.link.follow(), group="link", exclusive=True)
        self._draw()

    # What comes in

    def on_news_arrived(self, _: NewsArrived) -> None:
        """Draw the newest moment, but no more often than frames are asked for."""
        left = self._drawn_at + self._wait - time.monotonic()
        if left <= 0:
            self._draw()
        elif self._timer is None:
            self._timer = self.set_timer(left, self._draw)

    def on_pixels_resized(self) -> None:
        """Ask for pictures of another size."""
        self._send_size()

    def _send_size(self) -> None:
        if self._stage is None or self._stage.shows != "pixels":
            return
        width, height = self.query_one(Pixels).size
        size = min(width, MOST_COLUMNS), min(height, MOST_ROWS)
        if size != self._size_sent and min(size) >= 1:
            self._size_sent = size
            self.link.send("size", list(size))

    # What is shown

    def _draw(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_mounted:
            return
        self._drawn_at = time.monotonic()
        self._wait = self._pace.seconds(1.0 / self._frames)
        watched = self.link.watched
        if watched.stage is not self._stage and watched.stage is not None:
            self._stage = watched.stage
            self._set_stage(watched.stage)
        self._show_notice(watched)
        frame = watched.frame
        if frame is not None:
            self.query_one(CartPoleView).show(frame.cart, kick=self._kick)
            if frame.pixels is not None:
                self.query_one(Pixels).show(frame.pixels)
        rests = frame is None or frame.paused or frame.done or frame.weight != self._weight_shown
        if rests or self._drawn_at > self._panels_at + self._seconds_of_panels:
            self._panels_at = self._drawn_at
            self._show_panels(watched)

    def _show_panels(self, watched: Watched) -> None:
        """Show what does not move."""
        if watched.frame is not None:
            self._weight_shown = watched.frame.weight
            self.query_one(WatchHeader).show(watched.frame)
            self.query_one(Traces).show(watched.trace, 0 if self._stage is None else self._stage.longest)
        self._show_curve(watched)

    def _show_curve(self, watched: Watched) -> None:
        curve, frame = watched.curve, watched.frame
        panel = self.query_one(WeightCurve)
        if self._stage is not None and not self._stage.has_knob:
            panel.show((), None, text=_OWN_WEIGHTS)
            return
        panel.show(
            () if curve is None else curve.points,
            self._weight,
            total=math.nan if frame is None else frame.total,
            best=self._best,
        )
        if curve is not None:
            counted = f"{curve.trials}" if curve.done else f"{curve.trials} of {curve.of}"
            subtitle = f"mean of {counted} starts" if curve.trials else "the first starts"
            if subtitle != panel.border_subtitle:
                panel.border_subtitle = subtitle

    def _set_stage(self, stage: Stage) -> None:
        self.set_class(stage.shows == "pixels", "-pixels")
        self.set_class(stage.shows != "cart", "-no-cart")
        for panel in (self.query_one(CartPoleView), self.query_one(Pixels)):
            panel.border_title = plain_content(stage.name)
        if stage.shows == "nothing":
            self.query_one(Pixels).show(None, "This environment draws no pictures")
        self.refresh_bindings()
        self._send_size()

    def _show_notice(self, watched: Watched) -> None:
        text, kind = watched.notice, "-plain"
        if watched.ended is not None:
            text, kind = f"the episodes ended: {watched.ended}; r begins again", "-error"
        elif self._paused:
            text = "paused; . takes one step, space goes on"
        elif watched.curve is not None and watched.curve.done and watched.notice.startswith("compiling"):
            text = ""
        if (text, kind) == self._notice:
            return
        self._notice = (text, kind)
        notice = self.query_one("#notice", Static)
        notice.display = bool(text)
        notice.set_classes([kind])
        notice.update(plain_content(text))

    # What a person asks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide what does not apply to this network or its environment."""
        stage = self._stage
        if action in OF_A_KNOB:
            return stage is None or stage.has_knob
        if action in OF_A_CART:
            return stage is None or stage.shows == "cart"
        return True

    def action_turn(self, change: float) -> None:
        """Turn the weight; it acts in the middle of the episode."""
        self._turn_to(self._weight + change)

    def action_best(self) -> None:
        """Turn the weight back to the best one."""
        self._turn_to(self._best)

    def _turn_to(self, weight: float) -> None:
        self._weight = round(min(max(weight, self._low), self._high), _DECIMALS)
        self.link.send("weight", self._weight)
        self._show_curve(self.link.watched)

    def action_kick(self, direction: int) -> None:
        """Kick the cart."""
        self._kick = float(direction)
        self.link.send("kick", direction * KICK)
        self.set_timer(SECONDS_OF_A_KICK, self._forget_kick)
        self._draw()

    def _forget_kick(self) -> None:
        self._kick = 0.0
        self._draw()

    def action_pause(self) -> None:
        """Stop the clock, or go on."""
        self._paused = not self._paused
        self.link.send("pause", self._paused)
        self._draw()

    def action_step(self) -> None:
        """Take one step, and wait."""
        self._paused = True
        self.link.send("step", True)
        self._draw()

    def action_speed(self, change: int) -> None:
        """Go faster or slower."""
        self._speed = min(max(self._speed + change, 0), len(SPEEDS) - 1)
        speed = SPEEDS[self._speed]
        self.link.send("speed", "most" if math.isinf(speed) else speed)

    def action_new_episode(self) -> None:
        """Begin the next episode; where the process has ended, start another."""
        if self.link.watched.ended is None:
            self.link.send("reset", None)
            return
        self._paused, self._speed = False, USUAL_SPEED
        self.link = self._connect(self._opening, self)
        self.link.send("weight", self._weight)
        self._begin()

    def action_back(self) -> None:
        """Leave; the process that plays ends."""
        self.dismiss(None)
