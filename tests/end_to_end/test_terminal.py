"""The dashboard in a real terminal: it can be closed, and the engine goes on and can be attached to again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from galapagos.engine.commands import Stop
from galapagos.engine.records.run_directory import open_run
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from tests.end_to_end.runs import SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.engine.records.run_state import RunDirectory

SECONDS = 60
FLAGS = [
    word
    for name, value in (SMALL | {"num_generations": "infinity"}).items()
    for word in (f"--{name}", str(value))
]


def dashboard(*arguments: str) -> pexpect.spawn[bytes]:
    """Return a terminal of 120x40 with the program in it."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "galapagos", *arguments],
        dimensions=(40, 120),
        timeout=SECONDS,
        env={**os.environ, "TERM": "xterm-256color"},
    )


def run_of_this_home() -> RunDirectory:
    return open_run("latest")


@pytest.fixture
def terminal() -> Iterator[pexpect.spawn[bytes]]:
    terminal = dashboard("run", "wann-gym/CartPoleSwingUp", *FLAGS)
    yield terminal
    terminal.close(force=True)
    run = run_of_this_home()
    if run.is_alive():
        with BlockingClient.connect(run.socket_path) as client:
            client.send(Stop())
            with pytest.raises(ConnectionLost):
                client.wait(lambda _: False, timeout=SECONDS)


def test_a_closed_terminal_leaves_the_engine_evolving_and_attach_shows_it_again(
    terminal: pexpect.spawn[bytes],
) -> None:
    terminal.expect("Elites")
    terminal.expect("evolving")
    terminal.close()
    run = run_of_this_home()
    with BlockingClient.connect(run.socket_path) as client:
        generation = client.snapshot().generation
        client.wait(lambda snapshot: snapshot.generation > generation + 1, timeout=SECONDS)
    again = dashboard("attach")
    again.expect("Elites")
    again.expect("evolving")
    again.close()
    assert run.is_alive()


def test_keys_pause_go_on_and_stop_a_run(terminal: pexpect.spawn[bytes]) -> None:
    terminal.expect("evolving")
    terminal.send(" ")
    terminal.expect("paused")
    run = run_of_this_home()
    with BlockingClient.connect(run.socket_path) as client:
        assert client.snapshot().state.value == "paused"
        terminal.send(" ")
        client.wait(lambda snapshot: snapshot.state.value == "evolving", timeout=SECONDS)
        terminal.send("q")
        terminal.expect("Detach")
        terminal.send("s")
        with pytest.raises(ConnectionLost):
            client.wait(lambda _: False, timeout=SECONDS)
    terminal.expect(pexpect.EOF)
    assert run.condition() == "stopped"
