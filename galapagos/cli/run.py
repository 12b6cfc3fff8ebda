"""`run`, `resume` and `attach`: the commands that start an engine or show one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from galapagos.cli import ASCII

if TYPE_CHECKING:
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.engine.socket.client import Client

_IN_THIS_PROCESS = frozenset({"--headless", "--help", "-h"})


def run(arguments: list[str]) -> int:
    """Start a run: `galapagos run PRESET [--headless] [--NAME VALUE …]`."""
    return _start("run", arguments)


def resume(arguments: list[str]) -> int:
    """Go on with a run: `galapagos resume RUN [--headless] [--NAME VALUE …]`."""
    return _start("resume", arguments)


def attach(arguments: list[str]) -> int:
    """Show a running engine: `galapagos attach [RUN] [--readonly] [--as NAME] [--ascii]`."""
    from functools import partial

    from galapagos.cli.choose_run import add_name, add_run, find_live_run
    from galapagos.cli.parsing import Parser, WrongCall

    parser = Parser("attach", "Show the dashboard on a running engine; the engine goes on when it is closed.")
    add_run(parser)
    parser.add_argument("--readonly", action="store_true", help="look without being able to change anything")
    parser.add_argument(ASCII, action="store_true", help="draw in plain characters")
    add_name(parser)
    namespace = parser.read(arguments)
    if not _has_terminal():
        raise WrongCall("attach needs a terminal; `galapagos status` prints what a run is doing")
    directory = find_live_run(namespace.run)
    from tui.app import run_dashboard

    return run_dashboard(
        directory.path,
        readonly=namespace.readonly,
        connect=partial(_connect, directory, namespace.as_name) if namespace.as_name else None,
        ascii_only=namespace.ascii or None,
    )


async def _connect(run: RunDirectory, name: str) -> Client:
    from asyncio import to_thread
    from importlib import import_module

    # Imported when the dashboard has painted, and in a thread.
    module = await to_thread(import_module, "galapagos.engine.socket.client")
    client: Client = await module.Client.connect(run.socket_path, name=name)
    return client


def _start(command: str, arguments: list[str]) -> int:
    if _has_terminal() and not _IN_THIS_PROCESS & set(arguments):
        from galapagos.cli.start import start_and_show

        return start_and_show(command, arguments)
    from galapagos.cli.prepare import get_ready

    ready = get_ready(command, arguments)
    if ready.notice:
        sys.stderr.write(f"galapagos: {ready.notice}\n")
    from galapagos.engine.foreground import run_foreground

    return run_foreground(ready.directory.path)


def _has_terminal() -> bool:
    return sys.stdout.isatty() and sys.stdin.isatty()
