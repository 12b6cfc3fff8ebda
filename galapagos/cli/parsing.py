"""An argument parser whose errors are one line that says what would be right."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from galapagos.errors import GalapagosError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


_IN_OUR_WORDS = (
    (r"the following arguments are required: (.+, .+)", r"\1 are missing"),
    (r"the following arguments are required: (.+)", r"\1 is missing"),
    (r"argument (\S+): expected one argument", r"\1 lacks its value"),
    (r"argument (\S+): invalid choice: (.+) \(choose from (.+)\)", r"\1: \2 is none of \3"),
    (r"argument (\S+): (.+)", r"\1: \2"),
)
"""What argparse says, and what a person is told."""


class WrongCall(GalapagosError):
    """A command line that cannot be understood."""


class Parser(argparse.ArgumentParser):
    """An argument parser of one command, `galapagos COMMAND`, or of `galapagos` alone."""

    def __init__(self, command: str, description: str, *, epilog: str = "", usage: str | None = None) -> None:
        super().__init__(
            prog=f"galapagos {command}".rstrip(),
            description=description,
            epilog=epilog,
            usage=usage and f"galapagos {command} {usage}",
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise WrongCall instead of printing the usage and leaving."""
        for pattern, words in _IN_OUR_WORDS:
            message, count = re.subn(f"^{pattern}$", words, message)
            if count:
                break
        raise WrongCall(f"{message} (`{self.prog} --help` says more)")

    def read(self, arguments: list[str]) -> argparse.Namespace:
        """Return what the arguments say.

        Raises:
            WrongCall: Where they cannot be understood; an unknown option names the nearest known one.
        """
        namespace, unknown = self.parse_known_args(arguments)
        if unknown:
            name = unknown[0].partition("=")[0]
            if not name.startswith("-"):
                self.error(f"{unknown[0]!r} is one argument too many")
            known = [option for action in self._actions for option in action.option_strings]
            raise WrongCall(f"{name!r} is no option{nearest(name, known, f'{self.prog} --help')}")
        return namespace


def nearest(word: str, known: Iterable[str], help_call: str) -> str:
    """Return the end of an error line: the nearest known word, or where all are named."""
    near = difflib.get_close_matches(word.replace("-", "_").replace("__", "--", 1), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; `{help_call}` names them all"


def number_list(text: str) -> tuple[float, ...]:
    """Return the numbers of a text, separated by commas or blanks; ValueError for anything else."""
    return tuple(float(item) for item in text.replace(",", " ").split())


def positive(text: str) -> int:
    """Return the whole number of at least 1 that a text means; an argparse type."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return value


def number(text: str) -> float:
    """Return the number that a text means; an argparse type."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def not_negative(text: str) -> int:
    """Return the whole number of at least 0 that a text means; an argparse type."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 0")
    return int(text)


def path_of(text: str) -> Path:
    """Return the path that a person wrote, `~` included.

    Raises:
        WrongCall: Where it names nobody's home, or is no path at all.
    """
    from pathlib import Path

    try:
        path = Path(text).expanduser()
        path.exists()
    except (RuntimeError, ValueError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise WrongCall(f"{text[:100]!r} is no path: {reason}") from None
    return path


def say(line: str = "") -> None:
    """Write a line to stdout."""
    sys.stdout.write(f"{line}\n")


def note(line: str) -> None:
    """Write a line to stderr: not the result, but worth knowing."""
    sys.stderr.write(f"{line}\n")


def say_json(value: object) -> None:
    """Write a value as JSON, indented where a person reads it."""
    import orjson

    option = orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0)
    say(orjson.dumps(value, option=option, default=str).decode())
