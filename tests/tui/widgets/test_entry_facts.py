"""What is said of one saved elite."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from library_store.entry import Injection, clean_name, clean_notes, clean_tags
from tests.library_store.elites import HOSTILE, graph_elite, learned_elite, stack_elite
from tests.tui.saved_elites import entry_of
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage
from tui.entry_details import EntryDetails
from tui.formatting import ABSENT
from tui.library_evaluation import Measurement, WeightScore
from tui.widgets.entry_fact_lines import MOST_NOTE_LINES, entry_lines, title_of
from tui.widgets.entry_facts import EntryFacts

if TYPE_CHECKING:
    from galapagos.evolution.archive import Elite
    from library_store import Entry

MEASURED = Measurement(
    200, 690.5, {"mean": 690.5}, (WeightScore(-1.0, 680.0, 12.0, 200), WeightScore(1.5, 701.0, 3.0, 200)), 2.0
)


def lines_of(
    entry: Entry,
    details: EntryDetails | None = None,
    measured: Measurement | None = None,
    *,
    evaluating: int = 0,
    width: int = 60,
) -> list[str]:
    drawn = entry_lines(entry, details, measured, evaluating=evaluating, width=width)
    return ["".join(text for text, _ in line).rstrip() for line in drawn]


def test_of_an_elite_of_a_run() -> None:
    entry = entry_of(graph_elite(fitness=700.0), name="balancer", tags=("robust",), notes="Slow.\nBut sure.")
    lines = lines_of(entry, EntryDetails(parameters=(("num_trials", "4"),)))
    assert lines[:5] == ["tags        robust", "Slow.", "But sure.", "", "CartPoleSwingUp  wann-gym"]
    for text in (
        "reward 700.0 ±3.5   best weight 1.5",
        "max 701.5   4 trials a weight",
        "run         2026-01-02_run",
        "generation  12",
        "num_trials  4",
    ):
        assert text in lines
    assert any(line.startswith("made by add node from 00000000") for line in lines)
    when = time.strftime("%d %B %Y, %H:%M", time.localtime(entry.saved))
    assert f"saved       {when} by galapagos 0.1.0" in lines
    assert title_of(entry) == f"balancer  {entry.id[:8]}"


@pytest.mark.parametrize(
    ("elite", "expected"),
    [
        (learned_elite(), ["digits  wlnn", "100 images"]),
        (stack_elite(), ["digits  layers", "10 images", "4 inputs", "1  dense 5 relu"]),
    ],
)
def test_of_networks_that_learned(elite: Elite, expected: list[str]) -> None:
    lines = [line.strip() for line in lines_of(entry_of(elite))]
    assert all(text in lines for text in expected), lines


def test_of_a_network_from_elsewhere() -> None:
    unknown = entry_of(graph_elite()).changed(
        results=None, fitness=None, task="", experiment="", run="", generation=None, operator="", parents=()
    )
    lines = lines_of(unknown)
    assert lines[0] == "of no known task"
    assert "no result is known; e evaluates it here" in lines
    assert not any(line.startswith(("run", "generation")) for line in lines)


def test_an_evaluation_that_goes_on_is_told_and_then_its_result() -> None:
    entry = entry_of(graph_elite())
    assert "evaluating here with 1 000 trials …" in lines_of(entry, evaluating=1000)
    lines = lines_of(entry, measured=MEASURED)
    start = lines.index("evaluated here, 200 trials: reward 690.5 ±13.7")
    assert [line.split() for line in lines[start + 1 : start + 4]] == [
        ["weight", "reward", "±"],
        ["-1.0", "680.0", "12.0"],
        ["1.5", "701.0", "3.0"],
    ]


def test_long_notes_are_cut_and_say_how_to_see_the_rest() -> None:
    lines = lines_of(entry_of(graph_elite(), notes="\n".join(map(str, range(50)))))
    assert lines[: MOST_NOTE_LINES + 1] == [
        *map(str, range(MOST_NOTE_LINES - 1)),
        "… n shows all of it",
        "",
    ]


def test_the_latest_injections_are_told_and_the_others_counted() -> None:
    injections = tuple(Injection(f"run {number}", "/nowhere", number, 0.0) for number in range(7))
    entry = entry_of(graph_elite(), injections=injections)
    assert "injected    into run 6, generation 6" in lines_of(entry)
    told = lines_of(entry, EntryDetails(injections=("into run 6, generation 6: 731.2", "into run 5")))
    assert told[-3:] == [
        "injected    into run 6, generation 6: 731.2",
        "injected    into run 5",
        "            and 5 times before",
    ]


def test_what_cannot_be_read_is_told() -> None:
    lines = lines_of(entry_of(graph_elite()), EntryDetails(problem="its weights are damaged"))
    assert "its weights are damaged" in lines


@pytest.mark.parametrize("saved", [-1e300, -1.0, 1e300])
def test_an_impossible_date_is_none(saved: float) -> None:
    assert any(
        line.startswith(f"saved       {ABSENT}") for line in lines_of(entry_of(graph_elite(), saved=saved))
    )


def show(facts: EntryFacts, entry: Entry | None, **known: Any) -> None:
    facts.show(entry, **{"details": None, "measured": None, "evaluating": 0, **known})


@pytest.mark.parametrize("size", SIZES)
async def test_every_line_fits_and_comes_out_of_the_caches_as_it_is_drawn_anew(size: tuple[int, int]) -> None:
    facts = EntryFacts()
    odd = entry_of(
        graph_elite(),
        name=clean_name(HOSTILE),
        tags=clean_tags([HOSTILE, "好" * 30]),
        notes=clean_notes(HOSTILE),
    )
    async with Stage(facts).run_test(size=size) as pilot:
        for entry in (None, odd, odd):
            show(facts, entry, measured=MEASURED)
            await pilot.press("j", "pagedown")
            await pilot.pause()
            kept = widget_strips(facts)
            assert all(strip.cell_length == size[0] for strip in kept)
            assert [strip.text for strip in kept] == [strip.text for strip in fresh_strips(facts)]
            assert not {"\x1b", "\x9b", "\u202e"} & set("".join(strip.text for strip in kept))


async def test_it_scrolls_and_another_elite_begins_at_the_top() -> None:
    facts = EntryFacts()
    one, other = entry_of(graph_elite(1), notes="a\nb\nc\nd\ne\nf"), entry_of(graph_elite(2), notes="z")
    async with Stage(facts).run_test(size=(50, 6)) as pilot:
        show(facts, one)
        await pilot.pause()
        facts.focus()
        await pilot.press("j", "j")
        await pilot.pause()
        assert widget_lines(facts)[0].startswith("c")
        show(facts, one, evaluating=3)
        await pilot.pause()
        assert widget_lines(facts)[0].startswith("c")
        show(facts, other)
        await pilot.pause()
        assert widget_lines(facts)[0].startswith("z")


def test_no_line_is_longer_than_there_is_room() -> None:
    entry = entry_of(graph_elite(), tags=("robust",), notes="word " * 100)
    for width in (40, 46, 80):
        lines = lines_of(entry, EntryDetails(parameters=(("data_dir", "x" * 200),)), width=width)
        assert [line for line in lines if cell_len(line) > width and not line.lstrip()[:1].isdigit()] == []
