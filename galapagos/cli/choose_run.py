"""The run that a command means, and the connection to its engine."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from contextlib import contextmanager
from typing import TYPE_CHECKING

from galapagos.errors import UnknownRun
from galapagos.plain_text import plain
from tui.terminal import PERSON, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.cli.parsing import Parser
    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.engine.socket.blocking_client import BlockingClient


RUN = "its name, the start of one, a directory, or `latest`"
"""What a run is called by, as the help of commands says it."""


def find_run(name: str | None) -> RunDirectory:
    """Return the run of a name; without a name the one that is alive.

    Raises:
        UnknownRun: Where there is none, or several could be meant.
    """
    from galapagos.engine.records.run_directory import ALIVE, RunDirectory, list_runs, open_run

    if name is not None:
        return open_run(name)
    alive = [info for info in list_runs() if info.state == ALIVE]
    if len(alive) == 1:
        return RunDirectory(alive[0].path.resolve())
    if alive:
        names = ", ".join(plain(info.name) for info in alive)
        raise UnknownRun(f"{len(alive)} runs are alive, name one of them: {names}")
    raise UnknownRun("no run is alive; `galapagos runs` names those that ran, and `latest` is the newest")


def find_live_run(name: str | None) -> RunDirectory:
    """Return the run of a name whose engine runs on this machine.

    Raises:
        UnknownRun: Where there is none, or its engine does not run here.
    """
    from galapagos.engine.records.run_directory import ALIVE, ELSEWHERE

    run = find_run(name)
    state = run.condition()
    if state == ELSEWHERE:
        raise UnknownRun(f"{plain(run.name)} runs on another machine; `{run.attach_command()}` shows it")
    if state != ALIVE:
        raise UnknownRun(
            f"{plain(run.name)} is {state}, not alive; `galapagos resume {plain(run.name)}` goes on with it"
        )
    return run


def add_run(parser: Parser) -> None:
    """Let a command take a RUN that may be left out where exactly one is alive."""
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help=f"{RUN}; may be left out where one run is alive"
    )


def add_name(parser: Parser) -> None:
    """Let a command take `--as NAME`, which is `as_name` then; None where it is not given."""
    parser.add_argument(
        "--as",
        dest="as_name",
        metavar="NAME",
        type=_name,
        help=f"who you are to others at the run (by default ${PERSON}, or your user and terminal)",
    )


def show_as(name: str | None) -> None:
    """Let whatever dashboard this process opens, and whatever run it shows, be steered under a name.

    Args:
        name: Of the person; None leaves it as it is.
    """
    if name is not None:
        os.environ[PERSON] = name


def _name(text: str) -> str:
    from galapagos.engine.socket.protocol import LONGEST_NAME

    if not plain(text, LONGEST_NAME):
        raise ArgumentTypeError("a name has something to see in it, as ada")
    return plain(text, LONGEST_NAME)


@contextmanager
def connected(name: str | None, as_name: str | None = None) -> Iterator[BlockingClient]:
    """Connect to the engine of a live run for as long as the context lasts.

    Args:
        name: Of the run; without it the one that is alive.
        as_name: What others are told of who asks; by default as the environment says, or user and terminal.
    """
    from galapagos.engine.socket.blocking_client import BlockingClient

    with BlockingClient.connect(find_live_run(name).socket_path, name=as_name or person()) as client:
        yield client
