"""What the terminal and its environment ask of the dashboard, settled before textual is imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

PERSON = "GALAPAGOS_AS"
"""The variable that says who looks and steers, as others are told; without it, user and terminal do."""
_WITHOUT_DRAWINGS = frozenset({"linux", "dumb", "unknown", "ansi", "vt100", "vt102", "vt220", "cons25"})
"""Terminals whose fonts lack rounded corners and braille, whatever their encoding is."""


def is_remote(environment: Mapping[str, str]) -> bool:
    """Return whether this terminal is reached over SSH."""
    return any(name in environment for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def person(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return who a person said to be, None where nothing was said."""
    return plain(environment.get(PERSON, "")) or None


def prepare_environment(
    environment: MutableMapping[str, str] = os.environ, *, refresh: int | None = None
) -> None:
    """Set frames a second and animations, which textual reads on import; a person's own values stay.

    Args:
        environment: Of the process; changed in place.
        refresh: Frames a second; by default 60 locally, and 30 and no animations over SSH, where every frame
            crosses the link.
    """
    remote = is_remote(environment)
    environment.setdefault("TEXTUAL_FPS", str(refresh or (30 if remote else 60)))
    environment.setdefault("TEXTUAL_ANIMATIONS", "none" if remote else "basic")


def is_ascii(environment: Mapping[str, str] = os.environ, asked: bool | None = None) -> bool:
    """Return whether to draw in plain characters only.

    Args:
        environment: Of the process.
        asked: What a person said; without it plain characters are for terminals that lack others (the Linux
            console), and for a locale that names another encoding than UTF-8 or none. A locale that is not
            set at all, as in containers, says nothing.
    """
    if asked is not None:
        return asked
    if environment.get("TERM", "") in _WITHOUT_DRAWINGS:
        return True
    # POSIX: the first of these that is set and not empty holds (IEEE 1003.1, section 8.2).
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")


def has_terminal() -> bool:
    """Return whether a person can see and answer: a terminal on input and output."""
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__))
