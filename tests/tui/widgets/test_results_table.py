"""The results of an elite, and what it came to when it was evaluated again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.screen_text import widget_lines
from tests.tui.shown_elites import HOSTILE, image_elite, swing_up_elite
from tests.tui.test_shown_elite import any_json
from tests.tui.widgets.examples import SIZES, Stage
from tui.library_evaluation import Measurement, WeightScore
from tui.widgets.results_table import ResultsTable

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = Measurement(
    100, 541.0, {}, (WeightScore(-2.0, 560.0, 12.0, 100), WeightScore(-1.0, 522.0, 9.0, 100)), 1.0
)


async def lines_of(table: ResultsTable, size: tuple[int, int], *arguments: Any, **options: Any) -> list[str]:
    async with Stage(table).run_test(size=size) as pilot:
        table.show(*arguments, **options)
        await pilot.pause()
        return widget_lines(table)


async def test_each_weight_has_a_row_with_a_bar_and_its_spread() -> None:
    assert await lines_of(ResultsTable(), (60, 9), swing_up_elite()) == [
        "archive     558.8 ±47.9   16 starts a weight",
        "",
        " weight      mean         ±",
        "   -2.0     566.1      12.0  ████████████████████████████▎",
        "   -1.0     610.9      11.0  ██████████████████████████████▌",
        "   -0.5     503.4      10.5  █████████████████████████▏",
        "    0.5     503.5      10.5  █████████████████████████▏",
        "    1.0     605.9      11.0  ██████████████████████████████▎",
        "    2.0     562.8      12.0  ████████████████████████████─",
    ]


async def test_what_it_came_to_again_stands_beside_the_archive() -> None:
    lines = await lines_of(ResultsTable(), (70, 11), swing_up_elite(), AGAIN)
    assert lines[0].startswith("archive     558.8 ±47.9   16 starts a weight")
    assert lines[1] == "again       541.0 ±21.8   100 other starts"
    # 558.8 ± 2.131 x 11.17 / sqrt(15), and 541.0 ± 1.984 x 10.5 / sqrt(99).
    assert lines[2] == "95 %     552.7 to 564.9, again 538.9 to 543.1"
    assert lines[4] == " weight      mean         ±     again         ±"
    assert lines[5].startswith("   -2.0     566.1      12.0     560.0      12.0  ██")
    assert lines[7].split()[:3] == ["-0.5", "503.4", "10.5"]


async def test_what_it_came_to_again_does_not_change_the_archive_of_its_run(tmp_path: Path) -> None:
    lines = await lines_of(ResultsTable(), (70, 11), swing_up_elite(run_directory=tmp_path), AGAIN)
    assert lines[3] == "         the run's archive keeps its own score"
    assert "keeps" not in "".join(
        await lines_of(ResultsTable(), (70, 11), swing_up_elite(run_directory=tmp_path))
    )


async def test_what_is_going_on_is_said() -> None:
    lines = await lines_of(ResultsTable(), (60, 9), swing_up_elite(), busy="evaluating on 100 starts …")
    assert lines[1] == "again    evaluating on 100 starts …"


async def test_images_have_accuracies_and_bars_of_them() -> None:
    lines = await lines_of(ResultsTable(ascii_only=True), (60, 9), image_elite("wann-classification"))
    assert lines[2] == " weight      loss         ±     train"
    assert lines[-1].startswith("    2.0     1.500     0.200    75.0 %  ###")


async def test_learning_is_told_by_epoch() -> None:
    lines = await lines_of(ResultsTable(), (70, 9), image_elite("wlnn"))
    assert lines[0] == "archive     0.214"
    assert lines[2] == "  epoch      loss     train  held-out      test"
    assert lines[3].startswith("      1     2.000    50.0 %    93.3 %            ██")
    assert lines[7].startswith("      5     0.400    83.3 %    93.3 %    92.7 %  ██")


async def test_an_elite_without_results_gets_them_by_being_evaluated() -> None:
    nobody = swing_up_elite(evaluation=None)
    assert "r evaluates it here" in "\n".join(await lines_of(ResultsTable(), (80, 9), nobody))
    lines = await lines_of(ResultsTable(), (60, 9), nobody, AGAIN)
    assert lines[0] == "again       541.0 ±21.8   100 other starts"
    assert lines[1] == "95 %     again 538.9 to 543.1"
    assert lines[4].startswith("   -2.0     560.0")


async def test_negative_rewards_have_bars_too() -> None:
    elite = swing_up_elite(
        evaluation={
            "fitness": -20.0,
            "by_weight": [
                {"weight": weight, "mean": mean, "std": 0.0} for weight, mean in ((1, -40.0), (2, -10.0))
            ],
        }
    )
    lines = await lines_of(ResultsTable(ascii_only=True), (60, 6), elite)
    assert lines[-3].count("#") < lines[-2].count("#") or lines[-2].count("#") < lines[-1].count("#")


@settings(max_examples=8)
@given(any_json, any_json, any_json, st.sampled_from(SIZES))
async def test_any_evaluation_is_drawn_at_any_size(
    evaluation: Any, weights: Any, epochs: Any, size: tuple[int, int]
) -> None:
    odd = {"fitness": evaluation, "trials": HOSTILE, "by_weight": [weights], "by_epoch": [epochs]}
    table = ResultsTable()
    assert len(await lines_of(table, size, swing_up_elite(evaluation=odd, id=HOSTILE))) == size[1]
