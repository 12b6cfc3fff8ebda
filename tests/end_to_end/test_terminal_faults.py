"""What happens to terminals in weeks: the dashboard goes or waits, the engine does not feel it, attach works.

Each fault in a short form, with patience for whatever else this machine does, and in a long one with the
limits that are promised.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.launch import launch
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.home import cache_home
from tests.end_to_end.panes import ALTERNATE_SCREEN, ORDINARY_SCREEN, Pane
from tests.end_to_end.pulse import Pulse
from tests.end_to_end.runs import end, small_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from galapagos.engine.records.run_state import RunDirectory

MOST_LAG = 0.05
"""Seconds in which 99 of 100 answers of the engine come."""
MOST_PROCESSOR = 0.02
"""The share of a processor that a dashboard may take which nobody sees."""
LONGEST_ATTACH = 5.0
"""Seconds from the command to the picture of the run."""
LONGEST_EXIT = 5.0
"""Seconds in which a dashboard ends whose terminal went away, or which was told to end."""


@dataclass(frozen=True, slots=True)
class Form:
    """How long a fault lasts, and how many times the promised limits are borne."""

    seconds: float
    patience: float


SHORT, LONG = Form(seconds=1.5, patience=6.0), Form(seconds=30.0, patience=1.0)
FORMS = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunDirectory]:
    """A run whose engine evolves as long as the tests of this file last."""
    directory, cache = tmp_path_factory.mktemp("faults"), cache_home()
    (directory / "home").mkdir()
    cache.mkdir(parents=True, exist_ok=True)
    (directory / "home" / "cache").symlink_to(cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GALAPAGOS_HOME", str(directory / "home"))
        run = small_run(directory / "run", num_generations="infinity", num_workers=1, checkpoint_every=60.0)
        launch(run.path, owner_pid=os.getpid())
        with BlockingClient.connect(run.socket_path) as client:
            client.wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
            yield run
            end(client)


def attached(run: RunDirectory, form: Form, *, own_input: bool = False) -> Pane:
    """Return a terminal in which the run is shown, which was there soon."""
    pane = Pane(sys.executable, "-m", "galapagos", "attach", str(run.path), own_input=own_input)
    assert pane.read_until(b"evolving") < LONGEST_ATTACH * form.patience
    return pane


def its_terminal_is_closed(run: RunDirectory, form: Form) -> None:
    with attached(run, form) as pane:
        pane.close()
        assert pane.process.wait(LONGEST_EXIT * form.patience) == 0


def its_input_ends(run: RunDirectory, form: Form) -> None:
    with attached(run, form, own_input=True) as pane:
        os.close(pane.input)
        assert pane.ended(LONGEST_EXIT * form.patience) == 0
        pane.must_be_restored()


def it_is_told_to_end(run: RunDirectory, form: Form) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        with attached(run, form) as pane:
            pane.signal(number)
            assert pane.ended(LONGEST_EXIT * form.patience) == 0
            pane.must_be_restored()


def it_is_stopped_and_goes_on(run: RunDirectory, form: Form) -> None:
    with attached(run, form) as pane:
        threads = pane.threads()
        pane.signal(signal.SIGSTOP)
        before = pane.seconds_of_processor()
        time.sleep(form.seconds)
        assert pane.seconds_of_processor() - before < 0.05
        pane.read(0.05)
        pane.signal(signal.SIGCONT)
        # The whole screen is drawn anew, since a shell may have had it.
        pane.read_until(b"Elites", limit=LONGEST_EXIT * form.patience)
        assert pane.threads() <= threads
        pane.signal(signal.SIGTERM)
        assert pane.ended(LONGEST_EXIT * form.patience) == 0
        pane.must_be_restored()


def its_terminal_is_not_read(run: RunDirectory, form: Form) -> None:
    with attached(run, form) as pane:
        # As many seconds as the terminal and the dashboard take to be full of what nobody reads.
        time.sleep(min(3.0, form.seconds))
        before, start = pane.seconds_of_processor(), time.monotonic()
        time.sleep(form.seconds)
        share = (pane.seconds_of_processor() - before) / (time.monotonic() - start)
        assert share < MOST_PROCESSOR * form.patience
        # It draws again as soon as somebody looks.
        pane.read_until(b"evolving", limit=LONGEST_EXIT * form.patience)
        pane.signal(signal.SIGTERM)
        assert pane.ended(LONGEST_EXIT * form.patience) == 0
        pane.must_be_restored()


def it_is_told_to_end_while_its_terminal_is_not_read(run: RunDirectory, form: Form) -> None:
    with attached(run, form) as pane:
        time.sleep(form.seconds)
        pane.signal(signal.SIGTERM)
        assert pane.process.wait(LONGEST_EXIT * form.patience) == 0


def it_is_suspended_by_ctrl_z(run: RunDirectory, form: Form) -> None:
    if shutil.which("bash") is None:
        pytest.skip("it takes a shell with jobs")
    with Pane("bash", "--norc", "--noprofile", "--noediting", "-i") as pane:
        pane.write(b"PS1='rea''dy> '\n")
        pane.read_until(b"ready> ")
        before = pane.settings()
        pane.write(f"{sys.executable} -m galapagos attach {run.path}\n".encode())
        pane.read_until(b"evolving")
        for _ in range(2):
            pane.write(b"\x1a")
            pane.read_until(b"ready> ", limit=LONGEST_EXIT * form.patience)
            assert pane.settings() == before
            assert pane.output.rfind(ORDINARY_SCREEN) > pane.output.rfind(ALTERNATE_SCREEN)
            time.sleep(form.seconds / 3)
            pane.write(b"fg\n")
            pane.read_until(ALTERNATE_SCREEN, limit=LONGEST_EXIT * form.patience)
            pane.read_until(b"evolving", limit=LONGEST_EXIT * form.patience)
        pane.write(b"\x1a")
        pane.read_until(b"ready> ", limit=LONGEST_EXIT * form.patience)
        pane.write(b"kill %1; fg\n")
        pane.read_until(b"ready> ", limit=LONGEST_EXIT * form.patience)
        pane.write(b"exit\n")
        assert pane.ended(LONGEST_EXIT * form.patience) is not None


FAULTS = (
    its_terminal_is_closed,
    its_input_ends,
    it_is_told_to_end,
    it_is_stopped_and_goes_on,
    its_terminal_is_not_read,
    it_is_suspended_by_ctrl_z,
    pytest.param(it_is_told_to_end_while_its_terminal_is_not_read, marks=pytest.mark.slow),
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_engine_does_not_feel_it_and_attaching_works_at_once(
    run: RunDirectory,
    fault: Callable[[RunDirectory, Form], None],
    form: Form,
    record_property: Callable[[str, object], None],
) -> None:
    with Pulse(run.socket_path) as pulse:
        fault(run, form)
    for share in (0.5, 0.99, 1.0):
        record_property(f"milliseconds of {100 * share:g} % of the answers", 1000 * pulse.percentile(share))
    assert pulse.percentile(0.99) < MOST_LAG * form.patience
    assert run.is_alive()
    if form is LONG:
        # In the short form the next fault begins with this.
        with attached(run, form) as pane:
            pane.signal(signal.SIGTERM)
            assert pane.ended(LONGEST_EXIT * form.patience) == 0
