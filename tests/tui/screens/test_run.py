"""The run screen on a scripted engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

from galapagos.engine.commands import Breed, Continue, Drop, Inject, Pause, Pin, SetParameters, Stop, Unpin
from galapagos.engine.snapshot import Happening, RunState
from tests.engine.fakes import GENOME, FakeHost, elite_id, elite_summary, snapshot
from tests.tui.dashboards import open_run
from tests.tui.elite_screens import Computed
from tests.tui.recorded_run import recorded_host, recorded_journal
from tests.tui.watching import FakeLink
from tui.curves import Batch, Curves
from tui.dashboard import Farewell
from tui.run_link import LinkState
from tui.screens import elite_actions
from tui.screens.archive import ArchiveScreen
from tui.screens.compare import CompareScreen
from tui.screens.curves import CurvesScreen
from tui.screens.elite import EliteScreen
from tui.screens.quit import QuitScreen
from tui.screens.watch import WatchScreen

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from galapagos.engine.socket.client import Client
    from tests.tui.dashboards import RunUnderTest


async def test_it_shows_the_run(tmp_path: Path) -> None:
    journal = [
        {"type": "generation", "generation": number, "best_fitness": 10.0 * number} for number in range(30)
    ]
    async with open_run(FakeHost(), tmp_path, journal=journal) as run:
        await run.until(lambda: len(run.screen.link.curves.generations) == len(journal))
        await run.pilot.pause()
        for text in (
            "wann-gym/CartPoleSwingUp",
            "evolving",
            "Elites by connections",
            "731.2",
            "Reward by generation",
            "Reward by connections",
            "What happened",
            "level 3 ↑ 731.2",
            "131/192",
            "Elite 3",
            "Pause",
        ):
            await run.sees(text)
        await run.until(lambda: "add node" in run.text)


async def test_it_says_whether_the_archive_observes_or_breeds(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.sees("only pins, breeds, injections feed back")
        await run.show(parameters={**snapshot().parameters, "reproduction": "elites"})
        await run.sees("the parents of the next generation")


async def test_space_twice_pauses_and_goes_on_before_a_picture_shows_the_pause(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("space", "space")
        await run.until_commands(2)
        assert run.commands == [Pause(), Continue()]


async def test_space_pauses_and_goes_on(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("space")
        await run.until(lambda: run.commands == [Pause()])
        await run.show(state=RunState.PAUSED)
        await run.sees("paused; space goes on")
        await run.press("space")
        await run.until(lambda: run.commands == [Pause(), Continue()])


async def test_steering_keys_act_on_the_highlighted_elite(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "j", "down", "k")
        chosen = elite_id(2)
        for count, key in enumerate("IpbBx", start=1):
            await run.press(key)
            await run.until_commands(count)
        assert run.commands == [
            Inject(GENOME.to_json(), parent=chosen),
            Pin(chosen),
            Breed(chosen, 1),
            Breed(chosen, 10),
            Drop(chosen),
        ]
        await run.until(lambda: len(run.toasts) == 5)
        assert all("acts in generation 216" in toast for toast in run.toasts)


async def test_p_ends_a_pin(tmp_path: Path) -> None:
    host = FakeHost(snapshot(elites=(elite_summary(1, pinned=True),)))
    async with open_run(host, tmp_path) as run:
        await run.sees("pinned")
        await run.press("p")
        await run.until(lambda: run.commands == [Unpin(elite_id(1))])


async def test_plus_and_minus_count_what_is_pending(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("plus")
        await run.until(lambda: run.commands == [SetParameters({"complexity_levels": 9})])
        await run.show()
        await run.press("plus")
        await run.until(lambda: run.commands[-1:] == [SetParameters({"complexity_levels": 10})])
        await run.show()
        await run.press("minus")
        await run.until(lambda: run.commands[-1:] == [SetParameters({"complexity_levels": 9})])


async def test_u_takes_back_the_last_command_first(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("p")
        await run.until(lambda: len(run.toasts) == 1)
        await run.press("x")
        await run.until(lambda: len(run.toasts) == 2)
        await run.press("u")
        await run.until(lambda: run.commands[-1:] == [Inject(GENOME.to_json(), parent=elite_id(3))])
        await run.until(lambda: len(run.toasts) == 3)
        await run.press("u")
        await run.until(lambda: run.commands[-1:] == [Unpin(elite_id(3))])
        await run.until(lambda: len(run.toasts) == 4)
        await run.press("u")
        await run.until(lambda: run.toasts[-1:] == ["there is nothing to undo"])


async def test_a_refusal_is_a_toast_with_its_reason_as_it_is(tmp_path: Path) -> None:
    host = FakeHost()
    host.refusal = "no [bold]such[/nope] thing"
    async with open_run(host, tmp_path) as run:
        await run.press("space")
        await run.until(lambda: run.toasts == [host.refusal])
        await run.sees("no [bold]such[/nope] thing")


async def test_readonly_commands_nothing(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, readonly=True) as run:
        await run.sees("read only")
        await run.press("space", "I", "p", "b", "x", "plus")
        await run.until(lambda: len(run.toasts) == 6)
        assert all("readonly" in toast for toast in run.toasts)
        assert run.commands == []
        await run.press("q")
        assert "Stop" not in run.text


async def test_q_asks_and_escape_stays(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q")
        await run.until(lambda: isinstance(run.app.screen, QuitScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
        assert run.app.is_running


async def test_of_a_run_that_is_over_q_does_not_say_that_it_goes_on(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.show(state=RunState.FINISHED)
        await run.press("q")
        await run.sees("it ends in a minute; resume goes on")
        assert "the run goes on" not in run.text


async def test_detaching_leaves_the_engine_alone_and_says_how_to_come_back(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q", "d")
        await run.until(lambda: run.app.return_value is not None)
    name = "2026-11-21_22-58-03_CartPoleSwingUp"
    assert run.app.return_value == Farewell(
        f"{name} goes on without you; come back with: galapagos attach {name}"
    )
    assert run.commands == []


async def test_stopping_waits_for_the_end_and_says_how_to_go_on(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q", "s")
        await run.until(lambda: run.commands == [Stop()])
        await run.show(state=RunState.STOPPED)
        await run.server.close()
        await run.until(lambda: run.app.return_value is not None)
    assert run.app.return_value is not None
    assert "galapagos resume" in run.app.return_value.line


async def test_every_state_is_told(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        for state, message, words in (
            (RunState.PAUSED, "", "paused; space goes on"),
            (RunState.FINISHED, "", "raise num_generations (e) to go on"),
            (RunState.FAILED, "the disk [is] full", "the run failed: the disk [is] full"),
            (RunState.COMPILING, "", "compiling"),
            (RunState.STARTING, "", "starting"),
        ):
            await run.show(state=state, message=message)
            await run.sees(words)


async def test_a_run_that_ended_is_left_without_a_question(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(state=RunState.FAILED, message="out of memory")), tmp_path) as run:
        run.screen.link._connect = _refused
        await run.server.close()
        await run.until(lambda: run.screen.link.state is LinkState.ENDED)
        await run.press("q")
        await run.until(lambda: run.app.return_value is not None)
    assert run.app.return_value is not None
    assert run.app.return_value.code == 1
    assert "out of memory" in run.app.return_value.line


HOSTILE = "[/nope] [@click=app.bell]x[/] \x1b[31mred\x1b[0m \x9b2J \u202eevil"


async def test_hostile_text_is_shown_as_it_is_and_obeyed_by_nothing(tmp_path: Path) -> None:
    host = FakeHost(
        snapshot(
            title=HOSTILE,
            state=RunState.PAUSED,
            message=HOSTILE,
            happenings=(Happening(1, HOSTILE, HOSTILE),),
            parameters={**snapshot().parameters, "complexity_measure": HOSTILE, "name": HOSTILE},
        )
    )
    for known in host.genomes.values():
        known["operator"], known["parents"] = HOSTILE, [HOSTILE]
    async with open_run(host, tmp_path, size=(200, 60)) as run:
        await run.until(lambda: "made by [/nope]" in run.text)
        await run.sees("paused: [/nope] [@click=app.bell]x[/]")
        assert not {"\x1b", "\x9b", "\u202e"} & set(run.text)


def has_lines(run: RunUnderTest, height: int) -> bool:
    return run.text.count("\n") == height - 1


async def test_every_line_fits_any_terminal(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=8)), tmp_path) as run:
        for size in ((80, 24), (200, 60), (60, 50), (200, 12), (40, 10)):
            await run.pilot.resize_terminal(*size)
            await run.sees("Elites")
            await run.sees("Pause")
            await run.until(partial(has_lines, run, size[1]))
            lines = run.text.split("\n")
            assert max(cell_len(line) for line in lines) <= size[0]


async def test_at_80x24_all_keys_fit_and_v_shows_the_other_panels(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=8)), tmp_path, size=(80, 24)) as run:
        assert "Menu" in run.text.split("\n")[-1]
        await run.sees("Reward by generation")
        await run.press("v")
        await run.sees("Elite 3")
        await run.sees("Reward by connections")
        assert "Reward by generation" not in run.text


async def test_it_survives_any_resize(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=64)), tmp_path) as run:
        for size in ((1, 1), (2, 40), (120, 1), (39, 9), (0, 0), (40, 10), (300, 100), (80, 24)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            if size == (39, 9):
                await run.sees("too small")
        await run.sees("Elites by connections")


async def test_a_lost_connection_is_told_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        link = run.screen.link
        monkeypatch.setattr(link, "_is_alive", lambda: True)
        connect, link._connect = link._connect, _refused
        assert link._client is not None
        await link._client.close()
        await run.until(lambda: link.state is LinkState.LOST)
        await run.until(lambda: "connection lost, trying again" in run.text)
        await run.press("space")
        assert run.commands == []
        link._connect = connect
        link.try_now()
        await run.until(lambda: link.state is LinkState.CONNECTED)
        await run.show()
        assert "connection lost" not in run.text


async def _refused() -> Client:
    raise ConnectionRefusedError


async def test_w_shows_the_highlighted_elite_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.watch.EpisodeLink", FakeLink)
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "w")
        await run.until(lambda: isinstance(run.app.screen, WatchScreen))
        await run.sees(f"elite 1 {elite_id(1)[:8]}")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_3_gives_the_highlighted_elite_the_whole_screen(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "3")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        await run.sees("Network")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_star_marks_and_c_shows_the_marked_elites_side_by_side(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(160, 48)) as run:
        await run.press("home", "asterisk", "asterisk", "j", "asterisk")
        assert run.screen.panels is not None
        assert run.screen.panels.table.highlighted == run.host.picture.elites[3]
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        for level in (1, 2, 4):
            await run.sees(f"Elite {level} {elite_id(level)[:8]}")
        assert "Elite 3" not in run.text
        await run.press("escape", "asterisk", "k", "k", "asterisk", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees("2 elites")
        assert "Elite 4" not in run.text


async def test_c_shows_the_only_marked_elite_or_else_the_highlighted_beside_the_best(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees(f"Elite 1 {elite_id(1)[:8]}")
        await run.sees(f"Elite 3 {elite_id(3)[:8]}")
        await run.press("escape", "end", "asterisk", "home", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees(f"Elite 4 {elite_id(4)[:8]}")
        await run.sees(f"Elite 3 {elite_id(3)[:8]}")


async def test_c_on_the_best_says_how_to_mark(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("c")
        told = "this is the best; mark two or more with *, and c compares them"
        await run.until(lambda: run.toasts == [told])
        await run.show(elites=(), champion=None)
        await run.press("c", "asterisk")
        await run.until(lambda: run.toasts[1:] == ["there is no elite yet"] * 2)


async def test_a_marked_elite_that_was_replaced_is_compared_no_more(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "asterisk", "asterisk", "end", "asterisk")
        await run.show(elites=run.host.picture.elites[1:])
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees("2 elites")


async def test_an_elite_that_is_no_more_when_it_is_asked_for_is_told(tmp_path: Path) -> None:
    host = FakeHost()
    async with open_run(host, tmp_path) as run:
        del host.genomes[elite_id(1)]
        await run.press("home", "c")
        await run.until(lambda: any("has this id" in toast for toast in run.toasts))
        assert run.app.screen is run.screen


async def test_c_on_the_elite_screen_shows_it_beside_the_marked_ones(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(160, 48)) as run:
        await run.press("home", "asterisk", "asterisk", "end", "3")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        for level in (4, 1, 2):
            await run.sees(f"Elite {level} {elite_id(level)[:8]}")
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))


async def test_r_evaluates_the_highlighted_elite_again_beside_a_living_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = Computed()
    monkeypatch.setattr(elite_actions, "evaluate_elite", computed.evaluate)
    async with open_run(FakeHost(), tmp_path, readonly=True) as run:
        await run.press("home", "r")
        await run.sees("Evaluate again, starts a weight")
        await run.press("ctrl+u", "4", "0", "enter")
        await run.sees("again       541.0 ±21.8   40 other starts")
        await run.sees("the run's archive keeps its own score")
        await run.until(lambda: len(run.toasts) == 1)
        assert run.toasts[0].endswith("over 40 starts a weight; the run's archive keeps its own score")
        assert computed.asked == [(elite_id(1), 40)]
        assert run.commands == []
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
        # What it came to is known as long as the run is on the screen.
        await run.press("3", "2")
        await run.sees("again       541.0 ±21.8   40 other starts")


async def test_r_of_a_run_that_is_over_starts_its_engine_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Path] = []
    monkeypatch.setattr("galapagos.engine.launch.launch", launched.append)
    async with open_run(FakeHost(), tmp_path) as run:
        assert run.app.screen.active_bindings["r"].binding.id == "run.again"
        run.screen.link._connect = _refused
        await run.server.close()
        await run.until(lambda: run.screen.link.state is LinkState.ENDED)
        await run.sees("Resume")
        assert run.app.screen.active_bindings["r"].binding.id == "run.resume"
        await run.press("r")
        await run.until(lambda: launched == [run.screen.link.run_directory])


async def test_4_shows_the_archive(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("4")
        await run.until(lambda: isinstance(run.app.screen, ArchiveScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_2_gives_the_curves_the_whole_screen(tmp_path: Path) -> None:
    journal = [
        {"type": "generation", "generation": number, "best_fitness": 10.0 * number} for number in range(30)
    ]
    async with open_run(FakeHost(), tmp_path, journal=journal) as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.screen, CurvesScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_the_end_of_a_long_journal_is_drawn_without_a_wait_for_the_next_second(tmp_path: Path) -> None:
    async with open_run(recorded_host(), tmp_path, journal=recorded_journal()) as run:
        panels, curves = run.screen.panels, run.screen.link.curves
        assert panels is not None
        await run.until(lambda: curves.is_whole)
        panels._seconds = 1000.0
        panels.show_curves(Curves())
        assert not panels.is_drawn
        curves.extend(Batch([{"type": "generation", "generation": 99}], 0, more=False, restarted=False))
        panels.show_curves(curves)
        await run.until(lambda: panels.plot.extent == (0, 99))
