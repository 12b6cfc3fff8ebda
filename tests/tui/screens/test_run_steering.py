"""What keys on the run screen command, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.engine.commands import Breed, Continue, Drop, Inject, Pause, Pin, SetParameters, Unpin
from galapagos.engine.snapshot import RunState
from tests.engine.fakes import GENOME, FakeHost, elite_id, elite_summary, snapshot
from tests.tui.dashboards import open_run, refused_connection
from tui.run_link import LinkState

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
        await run.until(lambda: any("(+1)" in toast for toast in run.toasts))
        assert all("readonly" in toast for toast in run.toasts)
        assert run.commands == []
        await run.press("q")
        assert "Stop" not in run.text


async def test_a_lost_connection_is_told_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        link = run.screen.link
        monkeypatch.setattr(link, "_is_alive", lambda: True)
        connect, link._connect = link._connect, refused_connection
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


async def test_r_of_a_run_that_is_over_starts_its_engine_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Path] = []
    monkeypatch.setattr("galapagos.engine.launch.launch", launched.append)
    async with open_run(FakeHost(), tmp_path) as run:
        assert run.app.screen.active_bindings["r"].binding.id == "run.again"
        run.screen.link._connect = refused_connection
        await run.server.close()
        await run.until(lambda: run.screen.link.state is LinkState.ENDED)
        await run.sees("Resume")
        assert run.app.screen.active_bindings["r"].binding.id == "run.resume"
        await run.press("r")
        await run.until(lambda: launched == [run.screen.link.run_directory])
