"""The connection of a screen to the process that plays episodes: its newest word, and commands to it.

The process is somebody else: what it says is checked, what is none of its lines is dropped, and it never
makes the screen wait. Only the newest frame is kept, with the steps of those before it in its episode.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message

from galapagos.engine.episodes.news import (
    LONGEST_NEWS,
    MOST_TRACED,
    CurvePart,
    Frame,
    News,
    Notice,
    Stage,
    TracedStep,
    news_from_line,
)
from galapagos.engine.episodes.protocol import LONGEST_OPENING, Opening, command_line
from galapagos.errors import UnknownTask
from galapagos.plain_text import plain
from tui.run_terms import acts

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Mapping, Sequence

    from tui.run_link import Listener

    Connect = Callable[[Opening, Listener], "WatchLink"]

PLAYER = (sys.executable, "-P", "-m", "galapagos.engine.episode")
"""The program that plays; the number of this process follows."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
LAST_WORDS = 1.0
"""Seconds in which a process that was asked to end does so by itself."""
_OUTPUT_KEPT = 4096
_MOST_UNREAD = 1 << 16
"""Bytes of commands that wait for a process that does not read them; more are dropped."""


class NewsArrived(Message):
    """There is something new to see; one that was not handled yet stands for those after it."""

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one in the queue."""
        return isinstance(message, NewsArrived)


class Watched:
    """What is known of the episodes; the link fills it, the screen reads it.

    Attributes:
        stage: Where they are played, None before the first word.
        frame: The newest moment.
        trace: The steps of its episode so far, the newest thousand.
        curve: Fitness over the weight.
        notice: The newest line for the person, empty where there is none.
        ended: Why there is no more to come, in one line; None while there is.
    """

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.frame: Frame | None = None
        self.trace: deque[TracedStep] = deque(maxlen=MOST_TRACED)
        self.curve: CurvePart | None = None
        self.notice = ""
        self.ended: str | None = None

    def take(self, news: News) -> None:
        """Note what the process said."""
        match news:
            case Frame():
                self._take_frame(news)
            case Stage():
                self.stage = news
            case CurvePart():
                self.curve = news
            case Notice(text, ends=True):
                self.ended = text
            case Notice(text):
                self.notice = text

    def _take_frame(self, frame: Frame) -> None:
        if self.frame is None or (self.frame.episode, self.frame.seed) != (frame.episode, frame.seed):
            self.trace.clear()
        self.frame = frame
        newest = self.trace[-1].step if self.trace else 0
        for step in frame.trace:
            if step.step > newest:
                newest = step.step
                self.trace.append(step)


class WatchLink(Protocol):
    """What a screen needs of whoever plays."""

    watched: Watched

    async def follow(self) -> None:
        """Pass on what comes, until it ends or is cancelled; nothing is left behind then."""

    def send(self, name: str, value: object) -> None:
        """Send a command; it is lost where nobody plays any more."""


class EpisodeLink:
    """A process that plays, seen by one screen.

    Args:
        opening: Who plays, and where.
        listener: Receives `NewsArrived`.
        program: What to start; the number of this process follows as its last argument.

    Raises:
        UnknownTask: Where the networks of the experiment do not act.
    """

    def __init__(self, opening: Opening, listener: Listener, *, program: Sequence[str] = PLAYER) -> None:
        require_acting(opening.parameters)
        self.watched = Watched()
        self._opening = opening
        self._listener = listener
        self._program = program
        self._process: Process | None = None
        self._waiting: list[bytes] = []
        self._output = b""

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none."""
        return None if self._process is None else self._process.pid

    def send(self, name: str, value: object) -> None:
        """Send a command; it is lost where the process has ended or does not read."""
        line = command_line(name, value)
        if self._process is None:
            self._waiting.append(line)
            return
        pipe = self._process.stdin
        if pipe is not None and not pipe.is_closing() and _unread(pipe) < _MOST_UNREAD:
            pipe.write(line)

    async def follow(self) -> None:
        """Start the process and pass on what it says, until it ends or this is cancelled."""
        try:
            await self._start()
            await asyncio.gather(self._read_news(), self._read_output())
            status = await self._process.wait() if self._process is not None else 0
            self._end(self.watched.ended or self._last_line() or f"it ended with exit status {status}")
        except OSError as error:
            self._end(f"the program that plays cannot be started: {error.strerror or error}")
        finally:
            await self._stop()

    async def _start(self) -> None:
        opening = self._opening.to_line()
        if len(opening) > LONGEST_OPENING:
            raise OSError(None, "the network is too large to be handed over")
        self._process = await asyncio.create_subprocess_exec(
            *self._program,
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_NEWS,
            process_group=0,
            env={**os.environ, **ONE_THREAD},
        )
        if self._process.stdin is not None:
            self._process.stdin.writelines([opening, *self._waiting])
        self._waiting.clear()

    async def _read_news(self) -> None:
        pipe = self._process.stdout if self._process is not None else None
        while pipe is not None:
            try:
                line = await pipe.readline()
            except ValueError:  # longer than any news; the rest of it is none either
                continue
            if not line:
                return
            # A line that is there already is read without waiting; keys are to be answered all the same.
            await asyncio.sleep(0)
            with suppress(ValueError):
                news = news_from_line(line)
                self.watched.take(news)
                if isinstance(news, Notice) and news.ends:
                    return
                self._listener.post_message(NewsArrived())

    async def _read_output(self) -> None:
        pipe = self._process.stderr if self._process is not None else None
        while pipe is not None and (data := await pipe.read(_OUTPUT_KEPT)):
            self._output = (self._output + data)[-_OUTPUT_KEPT:]

    def _last_line(self) -> str:
        lines = self._output.decode(errors="replace").strip().splitlines()
        return plain(lines[-1]) if lines else ""

    def _end(self, reason: str) -> None:
        self.watched.ended = plain(reason)
        self._listener.post_message(NewsArrived())

    async def _stop(self) -> None:
        """End the process, and see it gone."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(_gone(process), LAST_WORDS)
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(TimeoutError):
                await asyncio.wait_for(_gone(process), LAST_WORDS)


async def _gone(process: Process) -> None:
    """Return when a process has ended; what it says until then is read, since it may wait for that."""
    await asyncio.gather(*(_drained(pipe) for pipe in (process.stdout, process.stderr) if pipe is not None))
    await process.wait()


async def _drained(pipe: asyncio.StreamReader) -> None:
    while await pipe.read(LONGEST_NEWS):
        pass


def require_acting(parameters: Mapping[str, Any]) -> None:
    """Raise UnknownTask, with one line, where the networks of an experiment do not act."""
    if not acts(parameters):
        raise UnknownTask("there is nothing to watch: networks act in wann-gym, here they classify images")


def _unread(pipe: asyncio.StreamWriter) -> int:
    transport: Any = pipe.transport
    return int(transport.get_write_buffer_size())
