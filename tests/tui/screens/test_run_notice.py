"""The line that says what a person should know about the state of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.snapshot import RunState
from tests.engine.fakes import snapshot
from tui.run_link import LinkState
from tui.screens.run_notice import notice_of

if TYPE_CHECKING:
    from galapagos.engine.snapshot import Snapshot


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
        (LinkState.CONNECTED, RunState.PAUSED, "paused: why; space tries again"),
        (LinkState.CONNECTED, RunState.EVOLVING, ""),
    ],
)
def test_each_state_has_its_line(link: LinkState, state: RunState | None, words: str) -> None:
    picture = None if state is None else snapshot(state=state, message="why")
    text, _ = notice_of(link, picture, reason="", readonly=False, resuming=False)
    assert words in text
    assert bool(text) is bool(words)


def connected(picture: Snapshot) -> str:
    return notice_of(LinkState.CONNECTED, picture, reason="", readonly=False, resuming=False)[0]


def test_a_lost_connection_says_how_old_the_picture_is() -> None:
    text, kind = notice_of(
        LinkState.LOST, snapshot(), reason="", readonly=False, resuming=False, silence=12.4
    )
    assert text.endswith("last news 12 s ago")
    assert kind == "-error"


def test_a_pause_says_what_waits_for_its_end() -> None:
    paused = snapshot(state=RunState.PAUSED, pending={})
    assert connected(paused) == "paused; space goes on"
    one = replace(paused, pending={"num_trials": 4})
    assert "1 change acts when it goes on, and space goes on" in connected(one)
    two = replace(paused, pending={"num_trials": 4, "cull_ratio": 0.1})
    assert "2 changes act when it goes on" in connected(two)


def test_the_most_important_notice_of_the_engine_is_told_while_it_evolves() -> None:
    assert connected(snapshot(notices=("the disk is full", "and more"))) == "the disk is full"


def test_compiling_is_told() -> None:
    assert connected(snapshot(state=RunState.COMPILING)).startswith("compiling kernels, once on this machine")


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
