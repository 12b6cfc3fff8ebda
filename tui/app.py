"""The doors of the dashboard: a run, or the choice of one. Textual is imported behind them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from galapagos.garbage import look_for_garbage_seldom
from tui.terminal import has_terminal, is_ascii, prepare_environment
from tui.user_settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.dashboard import Dashboard, Farewell
    from tui.run_link import Connect

LONGEST_DEPARTURE = 4.0
"""Seconds after a signal within which the process ends, whatever hangs."""


def run_dashboard(
    run_directory: Path,
    *,
    readonly: bool = False,
    connect: Connect | None = None,
    ascii_only: bool | None = None,
) -> int:
    """Show a run until the person leaves; the engine goes on without it.

    Args:
        run_directory: Of a run that is alive or not.
        readonly: Whether every command is refused here.
        connect: How to reach the engine, called after the first paint; by default through the run's socket.
        ascii_only: Whether to draw in plain characters; by default as the settings or the terminal say.

    Returns:
        The exit code: 0, 1 where the run failed, 2 without a terminal, 130 when interrupted.

    Raises:
        Exception: What the dashboard itself died of, after the terminal is restored; the run goes on.
    """
    return _run(run_directory, readonly=readonly, connect=connect, ascii_only=ascii_only)


def run_home(*, ascii_only: bool | None = None) -> int:
    """Show the experiments and runs to choose from, then the chosen run; returns the exit code."""
    return _run(None, readonly=False, connect=None, ascii_only=ascii_only)


def _run(
    run_directory: Path | None, *, readonly: bool, connect: Connect | None, ascii_only: bool | None
) -> int:
    if not has_terminal():
        sys.stderr.write("the dashboard needs a terminal on input and output\n")
        return 2
    settings = read_settings()
    prepare_environment(refresh=settings.refresh)
    from tui.dashboard import Dashboard

    asked = settings.ascii_only if ascii_only is None else ascii_only
    app = Dashboard(
        run_directory,
        readonly=readonly,
        connect=connect,
        settings=settings,
        ascii_only=is_ascii(asked=asked),
    )
    # What was imported stays; a full collection that walked through it would hold a key up.
    gc.freeze()
    look_for_garbage_seldom()
    with _ends_on_signals(app) as signals:
        farewell = app.run(mouse=settings.mouse)
    code = 130 if signal.SIGINT in signals else _exit_code(app, farewell)
    if app.terminal_is_stuck:
        # The writer thread hangs in a write; the interpreter's own end would wait for it.
        app.restore_terminal()
        os._exit(code)
    if app.failure is not None:
        raise app.failure
    if farewell is not None and farewell.line:
        with suppress(OSError):
            print(farewell.line, flush=True)  # noqa: T201  (the terminal is the shell's again)
    return code


def _exit_code(app: Dashboard, farewell: Farewell | None) -> int:
    return farewell.code if farewell is not None else app.return_code or 0


@contextmanager
def _ends_on_signals(app: Dashboard) -> Iterator[list[int]]:
    """Detach on SIGHUP, SIGTERM and SIGINT, in bounded time even where the event loop hangs."""
    received: list[int] = []

    def give_up() -> None:
        app.restore_terminal()
        os._exit(130 if signal.SIGINT in received else 0)

    def leave(number: int, _: object) -> None:
        received.append(number)
        if len(received) == 1:
            watchdog = threading.Timer(LONGEST_DEPARTURE, give_up)
            watchdog.daemon = True
            watchdog.start()
        app.leave_soon()

    signals = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, leave) for number in signals}
    try:
        yield received
    finally:
        if not received:
            for number, handler in before.items():
                signal.signal(number, handler)
