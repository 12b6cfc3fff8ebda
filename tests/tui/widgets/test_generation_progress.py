"""The last line of the run screen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from galapagos.engine.snapshot import RunState, Snapshot, WorkerSummary
from tests.tui.experiments import learning_snapshot
from tests.tui.screen_text import widget_lines
from tests.tui.widgets.examples import Stage, any_snapshot, snapshot
from tui.widgets.generation_progress import GenerationProgress


def line(progress: GenerationProgress, width: int) -> str:
    """Return the line at a width, without an app."""
    return "".join(text for text, _ in progress._runs(width)).rstrip()


def test_all_of_it_at_80_columns() -> None:
    progress = GenerationProgress()
    progress.show(snapshot())
    assert line(progress, 80) == (
        " generation 214 █████████████░░░░░░░ 131/192   workers 2/2   checkpoint 4 s ago"
    )


@pytest.mark.parametrize(("done", "filled"), [(0, 0), (1, 0), (96, 20), (191, 39), (192, 40)])
def test_the_bar_is_full_only_when_all_is_done(done: int, filled: int) -> None:
    progress = GenerationProgress()
    progress.show(snapshot(done=done))
    assert line(progress, 200).count("█") == filled
    assert line(progress, 200).count("░") == 40 - filled


def test_fields_go_before_the_bar_does() -> None:
    progress = GenerationProgress()
    progress.show(snapshot())
    assert line(progress, 50).startswith(" generation 214 █")
    assert "checkpoint" not in line(progress, 50)
    assert line(progress, 24) == " generation 214  131/192"


def test_workers_that_start_are_not_counted_as_ready() -> None:
    progress = GenerationProgress()
    progress.show(snapshot(workers=(WorkerSummary(1, "starting", 0), WorkerSummary(2, "busy", 0))))
    assert "workers 1/2" in line(progress, 100)


def test_where_one_network_learns_the_bar_is_of_epochs() -> None:
    progress = GenerationProgress()
    progress.show(learning_snapshot(epoch=25))
    assert line(progress, 80).startswith(" epoch ███████░░░░░")
    assert "  25/100   workers 2/2" in line(progress, 80)
    progress.show(learning_snapshot(last_generation=None, epoch=25, done=1))
    assert line(progress, 80).startswith(" epoch 25 ████")


def test_changes_that_wait_are_counted() -> None:
    progress = GenerationProgress()
    progress.show(snapshot(pending={"a": 1, "b": 2}, checkpoint_age=None))
    assert line(progress, 120).endswith("workers 2/2   2 changes waiting")
    progress.show(snapshot(pending={"a": 1}, state=RunState.PAUSED))
    assert "1 change waiting" in line(progress, 120)


def test_in_plain_characters_it_draws_ascii_alone() -> None:
    progress = GenerationProgress(ascii_only=True)
    progress.show(snapshot())
    assert line(progress, 100).isascii()


async def test_any_snapshot_is_a_line_of_any_width() -> None:
    progress = GenerationProgress()
    async with Stage(progress).run_test():

        @settings(max_examples=50, deadline=None)
        @given(any_snapshot, st.integers(1, 200))
        def check(shown: Snapshot, width: int) -> None:
            progress.show(shown)
            strip = progress.strip(progress._runs(width), width)
            assert strip.cell_length == cell_len(strip.text) == width

        check()


async def test_it_is_one_line_of_the_screen() -> None:
    progress = GenerationProgress()
    app = Stage(progress)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert widget_lines(progress) == [""]
        progress.show(snapshot(done=0))
        await pilot.pause()
        assert widget_lines(progress) == [" generation 214 ░░░░░░░░░░░░░░░░░░░░░   0/192   workers 2/2"]
