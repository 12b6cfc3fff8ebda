"""Starting a run in a process beside the dashboard's, so that the first paint waits for neither.

Checking parameters and making the run directory takes about as long as importing the dashboard, so a child,
`python -P -m galapagos.cli.start COMMAND ARGUMENTS`, does the first while its parent does the second. An
engine that starts, with its workers, keeps all processors of a small machine busy, so the child launches it
only when the dashboard has painted. The child writes lines of JSON: `{"path": …, "notice": …, "as": …}` as
soon as the run directory is complete; then, when it was told to go on by the end of its stdin, `{}` when
the engine answers; in place of either `{"problems": […], "code": …}`. Imports are late, so that the child
starts first.
"""

from __future__ import annotations

import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any, cast

from galapagos.cli import ASCII, DEBUG, unexpected
from galapagos.errors import EngineFailed, GalapagosError, InvalidParameters

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from galapagos.engine.socket.client import Client


class StartFailed(InvalidParameters):
    """What the starting process found wrong, with the exit code that it has there."""

    def __init__(self, problems: list[str], code: int) -> None:
        super().__init__(problems)
        self.exit_code = code


class StartingRun:
    """A run that another process is starting.

    Args:
        command: `run` or `resume`.
        arguments: Those behind the command.
    """

    def __init__(self, command: str, arguments: list[str]) -> None:
        debug = [DEBUG] if DEBUG in sys.argv else []
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "galapagos.cli.start", *debug, command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._answers = cast("IO[bytes]", self._child.stdout)
        self._launched: Future[None] | None = None
        self._known = False

    def wait_until_made(self) -> tuple[Path, str, str | None]:
        """Return the complete run directory, a line that the person should know or nothing, and who that is.

        Raises:
            StartFailed: Where the call was wrong; then nothing was made.
        """
        from pathlib import Path

        message = self._read()
        return Path(message["path"]), message["notice"], message["as"]

    async def connect(self, path: Path) -> Client:
        """Return a client of the engine of a run directory, which is launched when this is first called.

        Raises:
            StartFailed: Where the engine did not start; once, for it may be started from elsewhere then.
            UnknownRun: Where nobody listens.
        """
        import asyncio

        if not self._known:
            launched = asyncio.wrap_future(self._launch())
            await asyncio.wait([launched])
            self._known = True
            launched.result()
        from tui.terminal import person

        client_class, socket = await asyncio.to_thread(_destination, path)
        return await client_class.connect(socket, name=person())

    def leave(self) -> None:
        """Let the child go on by itself.

        Raises:
            StartFailed: Where the engine did not start.
        """
        launched = self._launch()
        if launched.done():
            self._end()
            launched.result()

    def _launch(self) -> Future[None]:
        import threading
        from concurrent.futures import Future

        # A daemon thread: nobody who leaves the dashboard should wait for the engine.
        if self._launched is None:
            self._launched = Future()
            self._launched.set_running_or_notify_cancel()
            threading.Thread(target=self._wait_for_engine, args=(self._launched,), daemon=True).start()
        return self._launched

    def _wait_for_engine(self, launched: Future[None]) -> None:
        try:
            cast("IO[bytes]", self._child.stdin).close()
            self._read()
        except (GalapagosError, OSError) as error:
            launched.set_exception(error)
        else:
            launched.set_result(None)

    def _read(self) -> dict[str, Any]:
        import json

        line = self._answers.readline()
        message: dict[str, Any] = json.loads(line or b"{}")
        if line and "problems" not in message:
            return message
        self._end()
        if not line:
            raise EngineFailed("the process that starts the run ended; what happened stands above")
        raise StartFailed(message["problems"], message["code"])

    def _end(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait()


def start_and_show(command: str, arguments: list[str]) -> int:
    """Start a run and show it; return the exit code of the dashboard.

    Raises:
        StartFailed: Where the call was wrong, or the engine did not start.
    """
    starting = StartingRun(command, arguments)
    from functools import partial

    from galapagos.cli.choose_run import show_as
    from tui.terminal import prepare_environment
    from tui.user_settings import read_settings

    prepare_environment(refresh=read_settings().refresh)
    import tui.screens.run  # noqa: F401  (this is what takes its time)
    from tui.app import run_dashboard

    path, notice, name = starting.wait_until_made()
    show_as(name)
    if notice:
        sys.stderr.write(f"galapagos: {notice}\n")
    code = run_dashboard(path, connect=partial(starting.connect, path), ascii_only=ASCII in arguments or None)
    starting.leave()
    return code


def _destination(path: Path) -> tuple[type[Client], Path]:
    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.engine.socket.client import Client

    return Client, RunDirectory(path).socket_path


def main(arguments: list[str]) -> int:
    """Start what the arguments say, and tell the parent how it went."""
    from galapagos.cli.prepare import get_ready

    debug = arguments[:1] == [DEBUG]
    arguments = arguments[debug:]
    try:
        ready = get_ready(arguments[0], arguments[1:])
        _tell({"path": str(ready.directory.path), "notice": ready.notice, "as": ready.as_name})
        from galapagos.engine.launch import launch

        sys.stdin.read()
        launch(ready.directory.path)
        _tell({})
    except InvalidParameters as error:
        _tell({"problems": error.problems, "code": error.exit_code})
    except GalapagosError as error:
        _tell({"problems": [f"galapagos: {error}"], "code": error.exit_code})
    except Exception as error:
        if debug:
            raise
        _tell({"problems": [unexpected(error)], "code": 1})
    return 0


def _tell(message: dict[str, Any]) -> None:
    import json
    import os
    from contextlib import suppress

    # Whoever started the run may have left; it goes on without. Nothing is buffered that could fail later.
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), f"{json.dumps(message)}\n".encode())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
