"""The elite screen: what it says at the sizes of terminals, and each of its keys."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from textual.binding import Binding

from galapagos.errors import CommandRefused, EngineFailed
from tests.tui.dashboards import wait_until
from tests.tui.grids import assert_grid
from tests.tui.screen_text import screen_lines
from tests.tui.shown_elites import CHILD, HOSTILE, image_elite, image_report, swing_up_elite, write_family
from tui import dashboard
from tui.dashboard import Dashboard
from tui.library_evaluation import Measurement, WeightScore
from tui.screens import elite as elite_module
from tui.screens import elite_actions
from tui.screens.elite import EliteScreen
from tui.screens.elite_keys import ELITE_KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.events import Mount
    from textual.pilot import Pilot
    from textual.screen import Screen

    from tui.image_reports import ImageReport
    from tui.shown_elite import ShownElite

SIZES = ((80, 24), (120, 40), (200, 60))
AGAIN = Measurement(
    40, 541.0, {}, (WeightScore(-2.0, 560.0, 12.0, 40), WeightScore(-1.0, 522.0, 9.0, 40)), 1.0
)


class Computed:
    """What processes answer, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.shown: list[tuple[str, float | None]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.problem = ""

    async def evaluate(self, elite: ShownElite, num_trials: int) -> Measurement:
        self.asked.append((elite.id, num_trials))
        await self.go_on.wait()
        if self.problem:
            raise EngineFailed(self.problem)
        return replace(AGAIN, num_trials=num_trials)

    async def report(self, elite: ShownElite, *, weight: float | None) -> ImageReport:
        self.shown.append((elite.id, weight))
        await self.go_on.wait()
        if self.problem:
            raise EngineFailed(self.problem)
        return image_report()


class Stage(Dashboard):
    """A dashboard that shows nothing but one screen, and an empty one below it."""

    CSS_PATH = str(Path(dashboard.__file__).with_name("dashboard.tcss"))

    def __init__(self, screen: Screen[None]) -> None:
        super().__init__()
        self._shown = screen

    def on_mount(self, event: Mount) -> None:  # type: ignore[override]
        event.prevent_default()
        self.push_screen(self._shown)


class Others:
    """The elites of a run: those of four levels."""

    def __init__(self) -> None:
        self.elites = [swing_up_elite(id=f"{level:016x}", title=f"Elite {level}") for level in range(1, 5)]
        self.problem = ""

    async def beside(self, id: str, step: int) -> ShownElite | None:
        if self.problem:
            raise CommandRefused(self.problem)
        ids = [one.id for one in self.elites]
        return self.elites[((ids.index(id) if id in ids else 0) + step) % 4] if self.elites else None


@dataclass
class UnderTest:
    """The elite screen, with processes that only pretend."""

    pilot: Pilot[Any]
    app: Stage
    screen: EliteScreen
    computed: Computed
    others: Others
    watched: list[str]
    run_directory: Path

    @property
    def text(self) -> str:
        """What is on the terminal."""
        return "\n".join(screen_lines(self.app)).replace("\N{NO-BREAK SPACE}", " ")

    @property
    def toasts(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await wait_until(self.pilot, condition)

    async def sees(self, words: str) -> None:
        await wait_until(self.pilot, lambda: words in self.text, lambda: f"{words!r} is not on\n{self.text}")

    async def is_told(self, words: str) -> None:
        await self.until(lambda: any(words in toast for toast in self.toasts))


@asynccontextmanager
async def opened(
    elite: ShownElite,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (120, 40),
    *,
    family: bool = True,
    alone: bool = False,
    watches: bool = True,
) -> AsyncIterator[UnderTest]:
    """Open an elite whose run has two ancestors of it."""
    computed, others, watched = Computed(), Others(), list[str]()
    monkeypatch.setattr(elite_actions, "evaluate_elite", computed.evaluate)
    monkeypatch.setattr(elite_actions, "report_images", computed.report)
    run_directory, copies = directory / "2026-11-21_22-58-03_run", directory / "copies"
    run_directory.mkdir()
    copies.mkdir()
    if family:
        write_family(run_directory)
    screen = EliteScreen(
        replace(elite, run_directory=run_directory),
        siblings=None if alone else others,
        on_watch=(lambda one: watched.append(one.id)) if watches else None,
        directory=copies,
    )
    app = Stage(screen)
    async with app.run_test(size=size, notifications=True) as pilot:
        shown = UnderTest(pilot, app, screen, computed, others, watched, run_directory)
        await shown.until(lambda: screen.inspected is not None)
        await pilot.pause()
        yield shown


# What it says at the sizes of terminals


@pytest.mark.parametrize("size", SIZES)
async def test_an_elite_of_swing_up_at_every_size(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, size) as shown:
        for part in "123":
            await shown.press(part)
            if part == "3" or size[0] > 80:
                await shown.sees("2 ancestors")
            await shown.pilot.pause()
            assert_grid(f"elite_{part}_{size[0]}x{size[1]}", shown.text)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "layers"])
async def test_an_elite_that_sees_images_at_every_size(
    experiment: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = image_elite(experiment, drawn=experiment == "layers")
    async with opened(elite, tmp_path, monkeypatch, size) as shown:
        await shown.press("4")
        await shown.sees("97.09 % of 412 test images, after 5 epochs; 12 wrong")
        if size[0] > 80:
            await shown.sees("2 ancestors")
        await shown.pilot.pause()
        assert_grid(f"elite_{experiment}_{size[0]}x{size[1]}", shown.text)


async def test_it_is_drawn_at_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        for number, size in enumerate([(1, 1), (20, 5), (39, 9), (79, 23), (400, 110)]):
            await shown.pilot.resize_terminal(*size)
            await shown.press(str(1 + number % 4), "4")
            await shown.pilot.pause()
            assert len(shown.text.split("\n")) == size[1]


async def test_a_larger_terminal_shows_more_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        assert "ancestors" not in shown.text
        await shown.pilot.resize_terminal(120, 40)
        await shown.sees("2 ancestors")


# Its parts


async def test_numbers_tab_and_arrows_turn_to_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch, (80, 24)) as shown:
        titles = {"1": "╭─ Network", "2": "╭─ Results by epoch", "3": "╭─ Lineage", "4": "╭─ Images"}
        for key, title in titles.items():
            await shown.press(key)
            await shown.sees(title)
        for key, number in (("tab", "1"), ("right", "2"), ("left", "1"), ("shift+tab", "4"), ("left", "3")):
            await shown.press(key)
            await shown.sees(titles[number])


async def test_an_elite_that_acts_has_no_part_for_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        assert "4 Images" not in shown.text
        await shown.press("4")
        await shown.sees("╭─ Network")
        await shown.press("left")
        await shown.sees("╭─ Lineage")
        assert shown.computed.shown == []


async def test_images_are_shown_to_it_only_when_somebody_looks_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wann-classification"), tmp_path, monkeypatch, (200, 60)) as shown:
        await shown.sees("4 shows which classes it takes for which")
        assert shown.computed.shown == []
        shown.computed.go_on.clear()
        await shown.press("4")
        await shown.sees("showing it the test images …")
        shown.computed.go_on.set()
        await shown.sees("12 wrong, the")
        await shown.press("1", "4")
        await shown.pilot.pause()
        assert shown.computed.shown == [(shown.screen.elite.id, 2.0)]


async def test_a_network_that_learns_is_trained_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        shown.computed.go_on.clear()
        await shown.press("4")
        await shown.sees("training it as its run did")
        assert shown.computed.shown == [(shown.screen.elite.id, None)]


async def test_why_images_cannot_be_shown_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        shown.computed.problem = "mnist is not here"
        await shown.press("4")
        await shown.sees("mnist is not here")


# Evaluating it again


async def test_r_asks_how_many_starts_and_shows_them_beside_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.computed.go_on.clear()
        await shown.press("r")
        await shown.sees("Evaluate again, starts a weight")
        await shown.press("ctrl+u", "0", "enter")
        await shown.sees("it takes a whole number from 1 to 1 000 000")
        await shown.press("ctrl+u", "4", "0", "enter")
        await shown.sees("evaluating on 40 starts a weight …")
        await shown.press("r")
        await shown.is_told("it is being evaluated already")
        shown.computed.go_on.set()
        await shown.sees("again       541.0 ±21.8   40 other starts")
        await shown.is_told("Elite 3: reward 541.0 ±21.8 over 40 starts a weight")
        assert shown.computed.asked == [(shown.screen.elite.id, 40)]


async def test_r_and_escape_evaluate_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("r")
        await shown.sees("Evaluate again")
        await shown.press("escape")
        await shown.until(lambda: shown.screen.is_current)
        assert shown.computed.asked == []


async def test_r_takes_the_test_images_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        await shown.press("r")
        await shown.is_told("on the test images")
        assert shown.computed.asked == [(shown.screen.elite.id, 1)]


async def test_an_evaluation_that_fails_is_told_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        shown.computed.problem = "no room on the disk"
        await shown.press("r")
        await shown.is_told("no room on the disk")
        shown.computed.problem = ""
        await shown.press("r")
        await shown.is_told("on the test images")


async def test_what_it_came_to_again_is_kept_while_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = swing_up_elite(id=f"{3:016x}")
    async with opened(elite, tmp_path, monkeypatch) as shown:
        await shown.press("r", "enter")
        await shown.sees("again       541.0")
        await shown.press("n")
        await shown.until(lambda: shown.screen.elite.id == f"{4:016x}")
        await shown.until(lambda: "again" not in shown.text)
        await shown.press("N")
        await shown.sees("again       541.0")


# Copying, going on, watching, leaving


async def test_y_writes_a_file_and_the_clipboard_and_says_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("y")
        await shown.is_told("written to CartPoleSwingUp-0c2020ad.json in")
        await shown.is_told("sent to the clipboard, which some terminals and tmux ignore")
        (path,) = (tmp_path / "copies").iterdir()
        assert shown.app.clipboard == path.read_text()
        assert orjson.loads(path.read_bytes())["id"] == shown.screen.elite.id


async def test_what_is_too_long_for_a_clipboard_is_only_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elite_actions, "MOST_CLIPBOARD_BYTES", 100)
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("y")
        await shown.is_told("too long for the clipboard")
        assert shown.app.clipboard == ""


async def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        (tmp_path / "copies").rmdir()
        await shown.press("y")
        await shown.is_told("No such file or directory")


async def test_n_and_capital_n_go_through_the_elites_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(id=f"{3:016x}"), tmp_path, monkeypatch) as shown:
        for key, level in (("n", 4), ("n", 1), ("N", 4), ("N", 3)):
            await shown.press(key)
            await shown.sees(f" Elite {level}  00000000")
            await shown.until(lambda: shown.screen.inspected is not None)


async def test_from_an_elite_of_images_n_stays_at_a_part_that_the_next_one_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch, (80, 24)) as shown:
        await shown.press("4", "n")
        await shown.sees("╭─ Network")
        assert "4 Images" not in shown.text


async def test_an_elite_that_went_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.others.problem = f"{CHILD} is no elite any more"
        await shown.press("n")
        await shown.is_told("is no elite any more")
        assert shown.screen.elite.id == CHILD


async def test_there_may_be_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.others.elites = []
        await shown.press("n")
        await shown.is_told("there is no other elite")


async def test_w_watches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("w")
        await shown.until(lambda: shown.watched == [shown.screen.elite.id])


async def test_what_cannot_be_done_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, alone=True, watches=False) as shown:
        await shown.press("n", "w")
        await shown.pilot.pause()
        footer = shown.text.split("\n")[-1]
        assert "Watch" not in footer
        assert "Next elite" not in footer


async def test_images_cannot_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        await shown.press("w")
        await shown.pilot.pause()
        assert shown.watched == []


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_escape_and_q_go_back(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press(key)
        await shown.until(lambda: not shown.screen.is_attached)


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    bindings = [binding for binding in ELITE_KEYS if isinstance(binding, Binding)]
    assert len(bindings) == len(ELITE_KEYS)
    ids = [binding.id or "" for binding in bindings]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("elite.") for id in ids)
    assert all(binding.tooltip and binding.description for binding in bindings)


# What is missing, damaged or hostile


async def test_without_files_of_its_run_it_begins_its_line_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, family=False) as shown:
        await shown.sees("0 ancestors, the oldest are missing")
        await shown.sees("its parent 0c2020ad is in no file of this run")


async def test_damaged_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        (shown.run_directory / "individuals" / "000000215-000000300.npz").write_bytes(b"broken")
        shown.screen.show_elite(shown.screen.elite)
        await shown.press("3")
        await shown.sees("2 ancestors")
        await shown.sees("not read:")


async def test_an_elite_of_nowhere_has_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.screen.show_elite(swing_up_elite())
        await shown.sees("the run that it comes from is not here")


async def test_a_network_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(genome={"kind": "graph"}), tmp_path, monkeypatch) as shown:
        await shown.sees("no network")
        assert shown.screen.inspected is not None
        assert shown.screen.inspected.problem
        await shown.sees(shown.screen.inspected.problem[:20])


@pytest.mark.parametrize("size", SIZES[::2])
async def test_hostile_names_are_harmless(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = swing_up_elite(
        id=HOSTILE, title=HOSTILE, operator=HOSTILE, parents=(HOSTILE,), parameters={"experiment": HOSTILE}
    )
    async with opened(elite, tmp_path, monkeypatch, size) as shown:
        for part in "123":
            await shown.press(part)
            await shown.pilot.pause()
            assert not set(shown.text) & set("\x1b\x9b\u202e\x07")
        await shown.press("y")
        await shown.is_told("written to")
        assert not any(set(toast) & set("\x1b\x9b\u202e\x07") for toast in shown.toasts)


async def test_the_newest_elite_wins_over_one_that_is_read_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        first, second = swing_up_elite(title="slow"), swing_up_elite(title="quick", id="a" * 16)
        shown.screen.show_elite(first)
        shown.screen.show_elite(second)
        await shown.until(lambda: shown.screen.inspected is not None)
        assert shown.screen.inspected is not None
        assert shown.screen.inspected.elite is second
        assert elite_module.PARTS[0] == "network"
