"""The elites of a run one after the other, from its engine and from its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.errors import GalapagosError
from tests.engine.fakes import GENOME, FakeHost, elite_id
from tests.engine.recorded_run import main
from tests.tui.dashboards import open_run
from tui.run_elites import RunElites
from tui.run_link import LinkState, RunLink

if TYPE_CHECKING:
    from pathlib import Path

    from textual.message import Message


class Nobody:
    """Listens to nothing."""

    def post_message(self, message: Message) -> bool:  # noqa: ARG002
        return True


async def test_an_engine_answers_with_the_elite_of_a_level(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        elites = RunElites(run.screen.link)
        elite = await elites.elite(elite_id(3))
        assert (elite.id, elite.title, elite.operator) == (elite_id(3), "Elite 3", "add_node")
        assert elite.genome == GENOME.to_json()
        assert elite.run_directory == run.screen.link.run_directory
        assert elite.parameters["experiment"] == "wann-gym"


@pytest.mark.parametrize(("level", "step", "found"), [(1, 1, 2), (4, 1, 1), (1, -1, 4), (2, -1, 1)])
async def test_the_levels_go_round(level: int, step: int, found: int, tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        elite = await RunElites(run.screen.link).beside(elite_id(level), step)
        assert elite is not None
        assert elite.id == elite_id(found)


async def test_one_that_was_replaced_stands_outside_of_the_levels(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        elites = RunElites(run.screen.link)
        after, before = await elites.beside("gone", 1), await elites.beside("gone", -1)
        assert after is not None
        assert before is not None
        assert (after.id, before.id) == (elite_id(1), elite_id(4))


async def test_an_only_elite_has_no_other_beside_it(tmp_path: Path) -> None:
    host = FakeHost()
    host.show(elites=host.picture.elites[:1])
    async with open_run(host, tmp_path) as run:
        assert await RunElites(run.screen.link).beside(elite_id(1), 1) is None


async def test_one_that_is_none_any_more_is_told(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        with pytest.raises(GalapagosError):
            await RunElites(run.screen.link).elite("f" * 16)


def over(tmp_path: Path) -> RunLink:
    """Return the link to a recorded run that is over."""
    main(tmp_path, 9)
    (tmp_path / "parameters.yaml").write_text("experiment: wann-gym\n")
    link = RunLink(tmp_path, Nobody())
    link.state = LinkState.ENDED
    return link


async def test_the_files_of_a_run_that_is_over_answer_too(tmp_path: Path) -> None:
    elites = RunElites(over(tmp_path))
    first = await elites.beside("", 1)
    assert first is not None
    assert first.evaluation is not None
    assert (await elites.elite(first.id)).id == first.id
    with pytest.raises(GalapagosError, match="no elite"):
        await elites.elite("f" * 16)


async def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    link = over(tmp_path)
    for path in (tmp_path / "checkpoint").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    with pytest.raises(GalapagosError):
        await RunElites(link).beside("", 1)
