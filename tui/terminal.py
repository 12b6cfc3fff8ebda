"""What the terminal and its environment ask of the dashboard, settled before textual is imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping


def is_remote(environment: Mapping[str, str]) -> bool:
    """Return whether this terminal is reached over SSH."""
    return any(name in environment for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def prepare_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set frames a second and animations, which textual reads on import; a person's own values stay.

    60 frames a second locally; 30 and no animations over SSH, where every frame crosses the link.
    """
    remote = is_remote(environment)
    environment.setdefault("TEXTUAL_FPS", "30" if remote else "60")
    environment.setdefault("TEXTUAL_ANIMATIONS", "none" if remote else "basic")


def has_terminal() -> bool:
    """Return whether a person can see and answer: a terminal on input and output."""
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__))
