"""The log of the commands that a run was given: with its parameters and its seed they determine it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.line_file import TORN, LineFile, line_of
from galapagos.errors import CheckpointError, CommandRefused
from galapagos.strict_json import members, parse_json, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CommandLog:
    """Every command with the generation it acts in: durable before it is acknowledged, never cut.

    It may be used from several threads.

    Args:
        path: The file, made where it is not there; a line that a crash tore is ended and ignored for ever.

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lines = LineFile(path)
        self._lock = threading.Lock()
        self._lines.end_torn_line()

    def append(self, generation: int, command: dict[str, Any]) -> None:
        """Write a command and fsync it.

        Raises:
            CommandRefused: Where it could not be made durable; nothing of it is left then.
        """
        try:
            with self._lock:
                self._lines.write_synced(_command_line(generation, command))
        except OSError as error:
            raise CommandRefused(
                f"the command cannot be written to {self._lines.path.name}: {error.strerror or error}"
            ) from error

    def stay(self) -> bool:
        """Put the file back where somebody removed it; return whether that was needed.

        Raises:
            OSError: Where it cannot be put back.
        """
        with self._lock:
            return self._lines.stay()

    def read(self) -> list[tuple[int, dict[str, Any]]]:
        """Return all (generation, command) in the order in which they were given.

        Raises:
            CheckpointError: Where a line in the middle is damaged, so that the run cannot be played again.
        """
        with self._lock:
            text = self._lines.read(0, self._lines.length)
        return _commands(text, self._lines.path)

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._lines.close()


def commands_of(path: Path, *, before: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the (generation, command) of a log that act before a generation; the log is only read.

    Raises:
        CheckpointError: Where a line in the middle is damaged.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    return [(generation, command) for generation, command in _commands(text, path) if generation < before]


def write_commands(path: Path, commands: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Write a whole log of commands.

    Raises:
        OSError: Where it cannot be written.
    """
    atomic_write(path, b"".join(_command_line(generation, command) for generation, command in commands))


def _commands(text: bytes, path: Path) -> list[tuple[int, dict[str, Any]]]:
    commands = []
    # What stands behind the last end of a line was torn off by a crash.
    for number, line in enumerate(text.split(b"\n")[:-1], start=1):
        if line.endswith(TORN.rstrip()):
            continue
        try:
            entry = members(parse_json(line), "it")
            generation = whole(entry.get("generation"), "generation")
            commands.append((generation, members(entry.get("command"), "command")))
        except ValueError as error:
            raise CheckpointError(
                f"line {number} of {path} is damaged; without it the run cannot go on: {error}"
            ) from None
    return commands


def _command_line(generation: int, command: dict[str, Any]) -> bytes:
    return line_of({"generation": generation, "command": command})
