"""An engine that is told to end, or killed, in whatever it does: no process is left, and its work is kept."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Pause
from galapagos.engine.launch import launch
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from tests.end_to_end.runs import end, small_run
from tests.end_to_end.vitals import parents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

LONGEST_END = 3.0
"""Seconds after which no process of an engine is left that was killed or told to end."""
OWNER = """
import os, sys, time
from pathlib import Path
from galapagos.engine.launch import launch
print(launch(Path(sys.argv[1]), owner_pid=os.getpid()), flush=True)
time.sleep(600)
"""
pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="needs processes as Linux tells of them"
)


PATIENCE = 4.0
"""How many times these limits are borne where other tests run beside this one."""

TIMES = 10


class Family:
    """An engine and every process that it started, as handles that stay theirs."""

    def __init__(self, engine: int) -> None:
        self.engine = engine
        self._handles = {engine: os.pidfd_open(engine)}

    def look(self) -> set[int]:
        """Take notice of all descendants, and return those that are there."""
        known, found = parents(), {self.engine}
        while more := {pid for pid, parent in known.items() if parent in found} - found:
            found |= more
        for pid in found - self._handles.keys():
            self._handles[pid] = os.pidfd_open(pid)
        return found

    def gone(self, limit: float) -> float:
        """Return the seconds until all of them are gone; the test fails where that takes too long."""
        start, waiting = time.monotonic(), set(self._handles.values())
        while waiting:
            left = start + limit - time.monotonic()
            ended = set(select.select(list(waiting), [], [], max(left, 0))[0])
            assert ended, f"{len(waiting)} of {len(self._handles)} processes are left after {limit} s"
            waiting -= ended
        return time.monotonic() - start

    def close(self) -> None:
        for handle in self._handles.values():
            os.close(handle)


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return small_run(tmp_path / "run", num_generations="infinity", checkpoint_every=3600.0, num_workers=2)


@pytest.fixture
def family(run: RunDirectory) -> Iterator[Family]:
    family = Family(launch(run.path))
    yield family
    for pid in family.look() - {os.getpid()}:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    family.close()


def evolving(client: BlockingClient) -> int:
    """Wait until a run is evolving, and return the generation it is in."""
    seen = client.wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
    return seen.generation


def paused(client: BlockingClient) -> int:
    evolving(client)
    client.send(Pause())
    return client.wait(lambda snapshot: snapshot.state is RunState.PAUSED, timeout=60).generation


def starting(_: BlockingClient) -> int:
    """Do not wait for anything: the engine imports what it needs, and its workers do not yet live."""
    return 0


STATES = (evolving, paused, starting)


def is_kept(run: RunDirectory, generation: int) -> None:
    """Assert that there is a checkpoint of everything up to a generation."""
    checkpoint, problems = load_checkpoint(run.checkpoint_directory)
    assert problems == []
    assert generation == 0 or (checkpoint is not None and checkpoint.generation >= generation)


@pytest.mark.parametrize(
    ("number", "state"),
    [(signal.SIGHUP, evolving), (signal.SIGTERM, starting)],
    ids=["HUP", "TERM while it starts"],
)
def test_an_engine_that_is_told_to_end_leaves_a_checkpoint_and_no_process(
    run: RunDirectory, family: Family, number: int, state: Callable[[BlockingClient], int]
) -> None:
    with BlockingClient.connect(run.socket_path) as client:
        generation = state(client)
        assert len(family.look()) >= (3 if generation else 1)
        os.kill(family.engine, number)
        family.gone(LONGEST_END * PATIENCE)
    # No process is left that could still write it.
    is_kept(run, generation)
    assert run.condition() == "stopped"
    assert not run.socket_path.exists()


def test_an_engine_that_is_killed_leaves_no_process_and_can_be_started_again(
    run: RunDirectory, family: Family
) -> None:
    with BlockingClient.connect(run.socket_path) as client:
        evolving(client)
        assert len(family.look()) >= 3
        os.kill(family.engine, signal.SIGKILL)
        family.gone(LONGEST_END * PATIENCE)
    assert run.condition() == "stopped"
    # The socket that it left, and the lock that nobody holds, are in nobody's way.
    again = Family(launch(run.path, owner_pid=os.getpid()))
    with BlockingClient.connect(run.socket_path) as client:
        evolving(client)
        end(client)
    again.gone(LONGEST_END * PATIENCE)
    again.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_ten_times_each_within_the_promised_limits(
    tmp_path: Path,
    number: int,
    state: Callable[[BlockingClient], int],
    record_property: Callable[[str, object], None],
) -> None:
    longest = 0.0
    for time_ in range(TIMES):
        run = small_run(tmp_path / f"run{time_}", num_generations="infinity", checkpoint_every=3600.0)
        family = Family(launch(run.path))
        with BlockingClient.connect(run.socket_path) as client:
            generation = state(client)
            family.look()
            os.kill(family.engine, number)
            longest = max(longest, family.gone(LONGEST_END))
        family.close()
        if number != signal.SIGKILL:
            # All processes are gone after 3 s, so what they had to write within 5 s is written.
            is_kept(run, generation)
    record_property("seconds until no process was left", longest)


def test_an_engine_whose_owner_is_killed_ends_with_a_checkpoint(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", num_generations="infinity", checkpoint_every=3600.0)
    with subprocess.Popen([sys.executable, "-c", OWNER, str(run.path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        family = Family(int(owner.stdout.readline()))
        with BlockingClient.connect(run.socket_path) as client:
            generation = evolving(client)
            family.look()
            owner.kill()
            family.gone(LONGEST_END * PATIENCE)
    family.close()
    assert run.condition() == "stopped"
    is_kept(run, generation)
