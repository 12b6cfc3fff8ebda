"""The directory of a user's runs: names that are free in it, what is there, links to runs elsewhere."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from galapagos import home
from galapagos.engine.records.run_state import RunDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_NAME = 120


def entries() -> Iterator[tuple[str, RunDirectory]]:
    """Yield (name, run) of every directory of, or link to, a run among the user's runs."""
    try:
        found = sorted(home.runs_home().iterdir())
    except OSError:
        return
    for entry in found:
        run = RunDirectory(entry.resolve())
        if not entry.name.startswith(".") and run.is_run():
            yield entry.name, run


def make_named(name: str, title: str) -> Path:
    """Make the directory of a new run, `<date>_<time>_<last part of title>_<name>`, and return it.

    Raises:
        OSError: Where it cannot be made.
    """
    runs = home.runs_home()
    runs.mkdir(parents=True, exist_ok=True)
    for path in numbered(runs / _run_name(name, title)):
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise AssertionError("numbers do not end")


def make_findable(run: RunDirectory, title: str) -> None:
    """Leave a link among the user's runs, where it can be; the run itself is elsewhere and complete."""
    runs = home.runs_home()
    if run.path.parent == runs.resolve():
        return
    try:
        runs.mkdir(parents=True, exist_ok=True)
        for link in numbered(runs / _run_name("", title)):
            if not (link.exists() or link.is_symlink()):
                link.symlink_to(run.path)
                return
    except OSError:
        return


def links_to(path: Path) -> list[Path]:
    """Return the links among the user's runs that lead to a path."""
    runs = home.runs_home()
    if not runs.is_dir():
        return []
    return [entry for entry in runs.iterdir() if entry.is_symlink() and entry.readlink() == path]


def numbered(path: Path) -> Iterator[Path]:
    """Yield a path, then those beside it that end in `_2`, `_3` and so on, without end."""
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.name}_{number}")
        number += 1


def _run_name(name: str, title: str) -> str:
    parts = (re.sub(r"[^\w.-]+", "-", part).strip("-.") for part in (title.rsplit("/", 1)[-1], name))
    stamp = time.strftime("%Y-%m-%d_%H-%M-%S")
    whole = "_".join((stamp, *(part for part in parts if part)))
    return whole.encode()[:_LONGEST_NAME].decode(errors="ignore")
