"""`run`, `resume` and `attach`: the commands that start an engine or show one."""

from __future__ import annotations

import sys

from galapagos.cli import ASCII

_IN_THIS_PROCESS = frozenset({"--headless", "--help", "-h"})


def run(arguments: list[str]) -> int:
    """Start a run: `galapagos run PRESET [--headless] [--NAME VALUE …]`."""
    return _start("run", arguments)


def resume(arguments: list[str]) -> int:
    """Go on with a run: `galapagos resume RUN [--headless] [--NAME VALUE …]`."""
    return _start("resume", arguments)


def attach(arguments: list[str]) -> int:
    """Show a running engine: `galapagos attach [RUN] [--readonly] [--as NAME] [--ascii]`."""
    from galapagos.cli.choose_run import add_name, add_run, find_live_run, show_as
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
    show_as(namespace.as_name)
    from tui.app import run_dashboard

    return run_dashboard(
        directory.path,
        readonly=namespace.readonly,
        ascii_only=namespace.ascii or None,
    )


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
