"""The first line of the run screen."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from galapagos.engine.snapshot import RunState, Snapshot
from tests.tui.experiments import PICTURES
from tests.tui.screen_text import widget_lines
from tests.tui.widgets.examples import Stage, any_snapshot, any_text, snapshot
from tui.widgets.run_header import STALE_AFTER, RunHeader


def line(header: RunHeader, width: int) -> str:
    """Return the line at a width, without an app."""
    return "".join(text for text, _ in header._runs(width)).rstrip()


def test_all_of_it_at_120_columns() -> None:
    header = RunHeader()
    header.show(snapshot(), now=0.0)
    assert line(header, 120) == (
        " Galápagos  wann-gym/CartPoleSwingUp   ▶ evolving   generation 214 of 1 024   best 731.2"
        "   1 204 evals/s   0:12:41"
    )


def test_it_shortens_its_words_at_80_columns() -> None:
    header = RunHeader()
    header.show(snapshot(), now=0.0)
    assert line(header, 80) == (
        " CartPoleSwingUp   ▶ evolving   gen 214/1 024   best 731.2   1 204/s   0:12:41"
    )


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        ("wann-classification", ["generation 215 of 1 024", "best loss 1.403"]),
        ("wlnn", ["generation 215 of 1 024", "best loss 0.214", "test 91.6 %", "evals/s"]),
        ("learning", ["epoch 12/100", "   loss 0.154", "test 91.8 %", "0.4 epochs/s"]),
        ("layers", ["generation 215 of 1 024", "best 87.2 %", "test 86.9 %"]),
    ],
)
def test_it_follows_the_task(experiment: str, words: list[str]) -> None:
    header = RunHeader()
    header.show(PICTURES[experiment](), now=0.0)
    assert [word for word in words if word not in line(header, 160)] == []
    assert cell_len(line(header, 160)) <= 160


def test_a_test_of_rewards_is_a_reward() -> None:
    header = RunHeader()
    header.show(snapshot(champion_test=1709.3), now=0.0)
    assert "best 731.2   test 1 709.3   1 204 evals/s" in line(header, 160)


@pytest.mark.parametrize("experiment", ["wlnn", "learning", "layers"])
def test_where_there_is_no_room_the_test_stays_longer_than_the_speed(experiment: str) -> None:
    header = RunHeader()
    header.show(PICTURES[experiment](), now=0.0)
    assert "test " in line(header, 80)
    assert "/s" not in line(header, 80)
    assert "▶ evolving" in line(header, 80)


def test_of_a_long_name_there_is_as_much_as_has_room() -> None:
    header = RunHeader()
    header.show(snapshot(title="wann-gym/CartPoleSwingUp", champion_test=559.4), now=0.0)
    names = [line(header, width).split()[0] for width in (76, 80, 84)]
    assert names == ["CartPol…", "CartPoleSwi…", "CartPoleSwingUp"]


def test_the_state_stays_the_longest() -> None:
    header = RunHeader()
    header.show(snapshot(), now=0.0)
    assert line(header, 14) == " ▶ evolving"


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (RunState.STARTING, "… starting"),
        (RunState.COMPILING, "… compiling (once on this machine)"),
        (RunState.EVOLVING, "▶ evolving"),
        (RunState.PAUSED, "⏸ paused"),
        (RunState.FINISHED, "■ finished"),
        (RunState.STOPPED, "■ stopped"),
        (RunState.FAILED, "✖ failed: out of memory"),
    ],
)
def test_each_state_has_its_sign(state: RunState, text: str) -> None:
    header = RunHeader()
    header.show(snapshot(state=state, message="out of memory" if state is RunState.FAILED else ""), now=0.0)
    assert f"   {text}   " in line(header, 200)


def test_an_endless_run_has_no_last_generation_and_a_young_one_no_best() -> None:
    header = RunHeader()
    header.show(snapshot(last_generation=None, best_fitness=None), now=0.0)
    assert "generation 214   best \N{EN DASH}   " in line(header, 120)


def test_silence_of_a_busy_run_is_told() -> None:
    header = RunHeader()
    header.show(snapshot(), now=100.0)
    header.tick(100.0 + STALE_AFTER - 1)
    assert "last news" not in line(header, 150)
    header.tick(112.4)
    assert "last news 12 s ago" in line(header, 150)
    assert "last news 12 s ago" in line(header, 80)
    header.show(snapshot(), now=113.0)
    assert "last news" not in line(header, 150)


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.FINISHED, RunState.STOPPED, RunState.FAILED])
def test_silence_of_a_run_that_rests_is_not(state: RunState) -> None:
    header = RunHeader()
    header.show(snapshot(state=state), now=0.0)
    header.tick(1000.0)
    assert "last news" not in line(header, 150)


def test_a_lost_connection_is_told_until_the_next_snapshot() -> None:
    header = RunHeader()
    header.lose("the engine went away")
    assert "the engine went away" in line(header, 100)
    header.show(snapshot(), now=0.0)
    header.lose("the engine\x1b[2J went away")
    assert "✖ the engine went away" in line(header, 150)
    header.show(snapshot(), now=1.0)
    assert "evolving" in line(header, 150)


def test_in_plain_characters_it_draws_ascii_alone() -> None:
    header = RunHeader(ascii_only=True)
    for state in RunState:
        header.show(replace(snapshot(), state=state), now=0.0)
        assert line(header, 150).isascii()


async def test_any_snapshot_is_a_line_of_any_width() -> None:
    header = RunHeader()
    async with Stage(header).run_test():

        @settings(max_examples=50, deadline=None)
        @given(any_snapshot, st.integers(1, 200), any_text)
        def check(shown: Snapshot, width: int, reason: str) -> None:
            header.show(shown, now=0.0)
            header.tick(1e6)
            for lost in ("", reason):
                if lost:
                    header.lose(lost)
                strip = header.strip(header._runs(width), width)
                assert strip.cell_length == cell_len(strip.text) == width

        check()


async def test_it_is_one_line_of_the_screen() -> None:
    header = RunHeader()
    app = Stage(header)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        assert widget_lines(header) == [" Galápagos   waiting for news"]
        header.show(snapshot(title="[red]x[/nope]\x07"), now=0.0)
        await pilot.pause()
        assert "[red]x[/nope]" in widget_lines(header)[0]
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
        assert widget_lines(header) == [" ▶ evolving"]
