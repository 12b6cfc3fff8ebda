"""What stays on the terminal when a person leaves a run."""

from __future__ import annotations

import pytest

from galapagos.engine.snapshot import RunState, Snapshot
from tests.engine.fakes import snapshot
from tests.tui.experiments import learning_snapshot
from tui.run_link import LinkState
from tui.screens.run_farewell import farewell_to


@pytest.mark.parametrize(
    ("picture", "link", "words", "code"),
    [
        (None, LinkState.CONNECTING, "goes on without you; come back with\n  galapagos attach a_run", 0),
        (snapshot(), LinkState.CONNECTED, "goes on without you", 0),
        (snapshot(), LinkState.ENDED, "galapagos resume a_run", 0),
        (snapshot(state=RunState.STOPPED), LinkState.CONNECTED, "stopped, with a checkpoint", 0),
        (snapshot(state=RunState.FINISHED), LinkState.CONNECTED, "--num_generations N", 0),
        (learning_snapshot(state=RunState.FINISHED), LinkState.ENDED, "--num_epochs N", 0),
        (snapshot(state=RunState.FAILED, message="no [disk]\x1b"), LinkState.ENDED, "failed: no [disk]", 1),
    ],
)
def test_each_end_has_its_line(picture: Snapshot | None, link: LinkState, words: str, code: int) -> None:
    farewell = farewell_to("a_run", picture, link)
    assert words in farewell.line
    state, call = farewell.line.split("\n")
    assert state.isprintable()
    assert call.isprintable()
    assert call.startswith("  galapagos ")
    assert farewell.code == code
