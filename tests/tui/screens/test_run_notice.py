"""The line that says what a person should know about the state of a run."""

from __future__ import annotations

import pytest

from galapagos.engine.snapshot import RunState
from tests.engine.fakes import snapshot
from tui.run_link import LinkState
from tui.screens.run_notice import notice_of


@pytest.mark.parametrize(
    ("link", "state", "words"),
    [
        (LinkState.CONNECTING, None, "connecting"),
        (LinkState.LOST, RunState.EVOLVING, "connection lost, trying again"),
        (LinkState.ENDED, RunState.STOPPED, "stopped, with a checkpoint; r goes on"),
        (LinkState.ENDED, RunState.FINISHED, "finished"),
        (LinkState.ENDED, RunState.FAILED, "the run failed: why"),
        (LinkState.ENDED, RunState.EVOLVING, "no engine now; r goes on"),
        (LinkState.ENDED, None, "no engine now; r goes on"),
        (LinkState.CONNECTED, RunState.PAUSED, "space goes on"),
        (LinkState.CONNECTED, RunState.EVOLVING, ""),
    ],
)
def test_each_state_has_its_line(link: LinkState, state: RunState | None, words: str) -> None:
    picture = None if state is None else snapshot(state=state, message="why")
    text, _ = notice_of(link, picture, reason="", readonly=False, resuming=False)
    assert words in text
    assert bool(text) is bool(words)


def test_readonly_offers_nothing_that_it_refuses() -> None:
    for state in (RunState.STOPPED, RunState.EVOLVING):
        text, _ = notice_of(LinkState.ENDED, snapshot(state=state), reason="", readonly=True, resuming=False)
        assert "r goes on" not in text


def test_why_there_is_no_engine_is_told() -> None:
    text, kind = notice_of(LinkState.ENDED, None, reason="nobody listens", readonly=False, resuming=False)
    assert text.endswith("(nobody listens)")
    assert kind == "-warning"


def test_an_engine_that_starts_again_is_told() -> None:
    text, _ = notice_of(LinkState.ENDED, None, reason="", readonly=False, resuming=True)
    assert text.startswith("starting the engine again")
