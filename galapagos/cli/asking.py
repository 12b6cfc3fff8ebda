"""Asking a person at the terminal before something is taken away."""

from __future__ import annotations

import sys


def agreed(question: str) -> bool:
    """Ask a question and return whether the answer was yes; without a terminal nobody can agree."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(question)
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
