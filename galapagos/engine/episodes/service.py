"""What the process that plays does: one episode after the other, at a pace, under commands."""

from __future__ import annotations

import math
import select
import time
from collections import deque
from typing import TYPE_CHECKING

from galapagos.engine.episodes.curve import CurveThread
from galapagos.engine.episodes.news import (
    MOST_ACTIONS,
    MOST_TRACED,
    Frame,
    News,
    Notice,
    Shows,
    Stage,
    TracedStep,
    news_line,
)
from galapagos.engine.episodes.pace import Pace
from galapagos.engine.episodes.pipes import LineReader, NewsWriter
from galapagos.engine.episodes.protocol import (
    LARGEST_SEED,
    LONGEST_COMMAND,
    LONGEST_OPENING,
    Opening,
    command_from_line,
    opening_from_line,
)
from galapagos.errors import GalapagosError
from galapagos.genomes.any_genome import genome_from_json
from galapagos.parameter_files import parameters_from_json
from galapagos.plain_text import plain
from galapagos.tasks.catalogue import build_task
from galapagos.tasks.episode_pixels import shrunk
from galapagos.tasks.episode_player import EpisodePlayer

if TYPE_CHECKING:
    from galapagos.engine.episodes.protocol import CurveRequest
    from galapagos.genomes.genome import Genome

USUAL_FRAMES = 30
LONGEST_SLICE = 0.02
"""Seconds of steps after which the pipes are looked at."""
LONGEST_WAIT = 0.1
"""Seconds after which the curve is looked at, whatever else happens."""
REST = 1.0
"""Seconds that the end of an episode stays at a speed of 1."""
PARTING = 1.0
"""Seconds in which the last words are to be read."""


def serve(commands: int, news: int) -> int:
    """Play until the commands end.

    Args:
        commands: A descriptor with an opening and commands, a line each.
        news: A descriptor for what there is to tell.

    Returns:
        The exit status: 0 when the commands ended, 1 where it could not go on, and the last line says why.

    Raises:
        BrokenPipeError: Where nobody reads the news any more.
    """
    reader = LineReader(commands, longest_first=LONGEST_OPENING, longest=LONGEST_COMMAND)
    writer = NewsWriter(news)
    try:
        lines = _first_lines(reader)
        if not lines:
            return 0
        Playing(_opening(lines[0]), reader, writer).play(lines[1:])
    except (ValueError, GalapagosError) as error:
        writer.write(news_line(Notice(plain(str(error)), ends=True)))
        writer.drain(PARTING)
        return 1
    return 0


def _first_lines(reader: LineReader) -> list[bytes | None]:
    while not reader.ended:
        select.select([reader], [], [])
        if lines := reader.read():
            return lines
    return []


def _opening(line: bytes | None) -> Opening:
    if line is None:
        raise ValueError(f"an opening has at most {LONGEST_OPENING} bytes")
    return opening_from_line(line)


class Playing:
    """One network that acts before somebody.

    Args:
        opening: Who plays, and where.
        reader: Brings the commands.
        writer: Takes the news.

    Raises:
        GalapagosError: Where parameters, environment or network are none, or do not fit each other.
    """

    def __init__(self, opening: Opening, reader: LineReader, writer: NewsWriter) -> None:
        parameters = parameters_from_json(opening.parameters, "of the elite")
        genome: Genome = genome_from_json(opening.genome)
        self._player = EpisodePlayer(parameters, genome)
        self._reader, self._writer = reader, writer
        self._pace = Pace(self._player.seconds_a_step)
        self._curve = CurveThread(lambda: build_task(parameters), genome)
        self._weight = 1.0 if opening.weight is None or not self._player.has_knob else opening.weight
        self._size = opening.size
        self._seed = opening.seed
        self._tally = _Tally()
        self._trace: deque[TracedStep] = deque(maxlen=MOST_TRACED)
        self._episode = self._step = 0
        self._total = 0.0
        self._newest: TracedStep | None = None
        self._over = False
        self._changed = True
        self._frame_due = 0.0
        self._seconds_a_frame = 1.0 / USUAL_FRAMES

    def play(self, lines: list[bytes | None]) -> None:
        """Play until the commands end.

        Args:
            lines: Commands that came with the opening.

        Raises:
            UnknownTask: Where the environment fails.
            BrokenPipeError: Where nobody reads any more.
        """
        self._begin(self._seed)
        self._pace.wait_until(time.monotonic())
        self._tell(self._stage())
        while True:
            for line in lines:
                self._obey(line)
            self._take_steps()
            for news in self._curve.take():
                self._tell(news)
            self._show()
            if self._reader.ended:
                return
            self._wait()
            lines = self._reader.read()

    def _wait(self) -> None:
        now = time.monotonic()
        seconds = min(LONGEST_WAIT, self._pace.seconds_left(now))
        if self._changed:
            seconds = min(seconds, max(0.0, self._frame_due - now))
        select.select([self._reader], [self._writer] if self._writer.is_behind else [], [], seconds)
        self._writer.flush()

    def _stage(self) -> Stage:
        player = self._player
        shows: Shows = "cart" if player.has_cart else "nothing" if player.cannot_draw else "pixels"
        if player.cannot_draw:
            self._tell(Notice(player.cannot_draw))
        return Stage(
            name=player.name,
            shows=shows,
            longest=player.longest,
            actions=min(player.num_actions, MOST_ACTIONS),
            by_choice=player.acts_by_choice,
            has_knob=player.has_knob,
        )

    def _tell(self, news: News) -> None:
        self._writer.write(news_line(news))

    # Episodes

    def _begin(self, seed: int) -> None:
        self._player.reset(seed)
        self._seed = seed
        self._episode += 1
        self._step, self._total, self._newest, self._over = 0, 0.0, None, False
        self._trace.clear()
        self._tally.begin()
        self._changed = True

    def _begin_next(self) -> None:
        self._begin((self._seed + 1) % (LARGEST_SEED + 1))

    def _take_steps(self) -> None:
        end = time.monotonic() + LONGEST_SLICE
        while self._pace.is_due(now := time.monotonic()) and now < end:
            self._take_step(now)

    def _take_step(self, now: float) -> None:
        self._pace.took(now)
        if self._over:
            self._begin_next()
            return
        step = self._player.step(self._weight)
        self._step += 1
        self._total += step.reward
        self._over = step.over
        self._newest = TracedStep(self._step, step.reward, step.action[:MOST_ACTIONS])
        self._trace.append(self._newest)
        self._changed = True
        if step.over:
            self._tally.end(self._total)
            if not math.isinf(self._pace.speed):
                self._pace.wait_until(now + REST / max(1.0, self._pace.speed))

    # Commands

    def _obey(self, line: bytes | None) -> None:
        if line is None:
            self._tell(Notice(f"a command has at most {LONGEST_COMMAND} bytes"))
            return
        try:
            name, value = command_from_line(line)
        except ValueError as error:
            self._tell(Notice(plain(str(error))))
            return
        getattr(self, f"_do_{name}")(value)
        self._changed = True

    def _do_weight(self, weight: float) -> None:
        if not self._player.has_knob:
            self._tell(Notice("the network has weights of its own; there is no shared one to change"))
        elif weight != self._weight:
            self._weight = weight
            self._tally = _Tally(is_whole=self._step == 0)

    def _do_kick(self, change: float) -> None:
        if self._player.kick(change):
            self._tally.spoil()
        else:
            self._tell(Notice(f"a kick needs a cart; {self._player.name} has none"))

    def _do_speed(self, speed: float) -> None:
        self._pace.set_speed(speed, time.monotonic())

    def _do_pause(self, pause: bool) -> None:
        self._pace.pause(time.monotonic(), pause=pause)

    def _do_step(self, wanted: bool) -> None:
        if wanted:
            self._pace.pause(now := time.monotonic(), pause=True)
            self._take_step(now)

    def _do_reset(self, seed: int | None) -> None:
        if seed is None:
            self._begin_next()
        else:
            self._begin(seed)

    def _do_size(self, size: tuple[int, int]) -> None:
        self._size = size

    def _do_frames(self, frames: int) -> None:
        self._seconds_a_frame = 1.0 / frames

    def _do_curve(self, request: CurveRequest) -> None:
        if self._player.has_knob:
            self._curve.ask(request)
        else:
            self._tell(Notice("the network has weights of its own; there is no fitness over a shared one"))

    # Frames

    def _show(self) -> None:
        """Send the present moment, if it is new, due, and somebody is there to see it."""
        now = time.monotonic()
        if not self._changed or now < self._frame_due:
            return
        self._frame_due = now + self._seconds_a_frame
        if not self._writer.takes_frames:
            return
        self._changed = False
        self._tell(self._frame())
        self._trace.clear()

    def _frame(self) -> Frame:
        could = self._player.cannot_draw is None
        picture = self._player.picture()
        if could and self._player.cannot_draw:
            self._tell(Notice(self._player.cannot_draw))
        columns, rows = self._size
        return Frame(
            episode=self._episode,
            seed=self._seed,
            step=self._step,
            reward=math.nan if self._newest is None else self._newest.reward,
            total=self._total,
            action=() if self._newest is None else self._newest.action,
            done=self._over,
            weight=self._weight if self._player.has_knob else None,
            whole=self._tally.count,
            mean=self._tally.mean,
            paused=self._pace.is_paused,
            speed=self._pace.speed,
            trace=tuple(self._trace),
            cart=self._player.cart_pole(),
            pixels=None if picture is None else shrunk(picture, columns, 2 * rows),
        )


class _Tally:
    """The episodes that one weight played from start to end, undisturbed."""

    def __init__(self, *, is_whole: bool = True) -> None:
        self.count = 0
        self._sum = 0.0
        self._is_whole = is_whole

    @property
    def mean(self) -> float | None:
        return self._sum / self.count if self.count else None

    def begin(self) -> None:
        self._is_whole = True

    def spoil(self) -> None:
        self._is_whole = False

    def end(self, total: float) -> None:
        if self._is_whole and math.isfinite(total):
            self.count += 1
            self._sum += total
