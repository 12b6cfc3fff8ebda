"""The dashboard's desk at the library: what it does, says, and takes back."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.errors import CommandRefused, GalapagosError, LibraryError, UnknownEntry
from library_store import Library
from tests.library_store.elites import graph_elite, learned_elite
from tui.library_desk import LibraryDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from library_store import Entry


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LibraryDesk]:
    """Give a desk at an empty library."""
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    made = LibraryDesk()
    yield made
    made.close()


@pytest.fixture
def saved(desk: LibraryDesk) -> list[Entry]:
    """Give two saved elites."""
    assert desk.entries == ()
    with Library() as library:
        return [
            library.put(graph_elite(1), name="one", tags=["old"], notes="as it was"),
            library.put(graph_elite(2), name="two"),
        ]


def now(entry: Entry) -> Entry:
    """Return an entry as it is on the disk."""
    with Library() as library:
        return library.get(entry.id)


def names() -> list[str]:
    with Library() as library:
        return sorted(entry.name for entry in library.get_all())


def test_nothing_of_the_library_is_imported_before_somebody_asks_for_it(tmp_path: Path) -> None:
    heavy = {"library_store", "tinydb", "filelock", "safetensors", "numpy"}
    program = (
        "import asyncio, sys, tui.screens.home, tui.screens.run\n"
        "from tui.library_desk import LibraryDesk\n"
        f"heavy = {heavy}\n"
        "print(asyncio.run(LibraryDesk().count()), sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"GALAPAGOS_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0 []\n"


async def test_a_version_changes_only_when_something_was_written(
    desk: LibraryDesk, saved: list[Entry]
) -> None:
    first = await desk.read()
    assert sorted(entry.id for entry in desk.entries) == sorted(entry.id for entry in saved)
    assert await desk.read() == first
    before = desk.entries
    with Library() as other:
        other.change(saved[0].id, name="elsewhere")
    assert await desk.read() != first
    assert sorted(entry.name for entry in desk.entries) == ["elsewhere", "two"]
    unchanged = {entry.id: entry for entry in before}[saved[1].id]
    assert any(entry is unchanged for entry in desk.entries)


async def test_everything_that_was_done_is_taken_back_the_last_first(
    desk: LibraryDesk, saved: list[Entry]
) -> None:
    one = saved[0]
    assert await desk.rename([one], "first") == "one is called first now"
    assert await desk.tag([one], add=["new"], drop=["old"]) == "one: +new -old"
    assert await desk.note([one], "as it is") == "the notes on one are kept; u takes them back"
    assert await desk.remove(saved) == "removed 2 elites; u brings them back"
    assert names() == []
    assert await desk.undo() == "undone: removal of 2 elites"
    assert (now(one).name, now(one).tags, now(one).notes) == ("first", ("new",), "as it is")
    assert await desk.undo() == "undone: notes on one"
    assert await desk.undo() == "undone: tags of one"
    assert (now(one).name, now(one).tags, now(one).notes) == ("first", ("old",), "as it was")
    assert await desk.undo() == "undone: new name of one"
    assert now(one).name == "one"
    with pytest.raises(CommandRefused, match="nothing to undo"):
        await desk.undo()


async def test_what_was_done_before_one_of_several_failed_is_taken_back(
    desk: LibraryDesk, saved: list[Entry]
) -> None:
    gone = saved[1].changed(id="0" * 16)
    with pytest.raises(UnknownEntry):
        await desk.remove([saved[0], gone, saved[1]])
    assert names() == ["two"]
    await desk.undo()
    assert names() == ["one", "two"]


async def test_an_action_that_did_nothing_leaves_nothing_to_undo(
    desk: LibraryDesk, saved: list[Entry]
) -> None:
    with pytest.raises(UnknownEntry):
        await desk.rename([saved[0].changed(id="0" * 16)], "x")
    with pytest.raises(CommandRefused, match="nothing to undo"):
        await desk.undo()


async def test_what_went_away_meanwhile_is_counted(desk: LibraryDesk, saved: list[Entry]) -> None:
    await desk.rename(saved, "both")
    with Library() as other:
        other.remove(saved[1].id)
    assert await desk.undo() == "undone: new name of 2 elites; 1 of them went away meanwhile"
    assert now(saved[0]).name == "one"


async def test_an_undo_that_cannot_be_written_can_be_tried_again(
    desk: LibraryDesk, saved: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.rename(saved, "both")

    def full(*_: object, **__: object) -> None:
        raise LibraryError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("library_store.library.Library.change", full)
        with pytest.raises(LibraryError, match="full"):
            await desk.undo()
    await desk.undo()
    assert names() == ["one", "two"]


async def test_a_saved_elite_is_named_and_stays(desk: LibraryDesk) -> None:
    line = await desk.save(learned_elite())
    assert line.startswith("saved digits ")
    assert line.endswith("; L shows it")
    assert await desk.count() == 1
    with pytest.raises(CommandRefused, match="nothing to undo"):
        await desk.undo()


async def test_what_was_exported_comes_back_and_an_import_is_taken_back(
    desk: LibraryDesk, saved: list[Entry], tmp_path: Path
) -> None:
    assert await desk.export(saved, "both.galapagos") == "2 elites are in both.galapagos"
    await desk.remove([saved[0]])
    await desk.rename([saved[1]], "another name")
    line, first = await desk.load(str(tmp_path / "both.galapagos"))
    assert line == "imported 2 elites; u takes them out"
    assert first == saved[0].id
    assert names() == ["another name", "one"]
    assert await desk.undo() == "undone: import of both.galapagos"
    assert names() == ["another name"]


async def test_a_network_without_a_name_is_called_after_its_file(
    desk: LibraryDesk, saved: list[Entry], tmp_path: Path
) -> None:
    (tmp_path / "found.json").write_bytes(orjson.dumps(graph_elite(5).individual.genome.to_json()))
    line, first = await desk.load("found.json")
    assert line == "imported found; u takes it out"
    assert now(saved[0].changed(id=first)).name == "found"


@pytest.mark.parametrize("path", ["nowhere.json", "a.txt", "~nobody-has-this-name/x.json", "a\0b.json"])
async def test_a_path_that_is_none_is_told_in_a_line(desk: LibraryDesk, path: str) -> None:
    with pytest.raises(GalapagosError) as caught:
        await desk.load(path)
    assert "\n" not in str(caught.value)
    assert "\0" not in str(caught.value)


async def test_where_an_elite_was_put_back_is_remembered(
    desk: LibraryDesk, saved: list[Entry], tmp_path: Path
) -> None:
    await desk.injected(saved[0].id, tmp_path / "a run", 12)
    (injection,) = now(saved[0]).injections
    assert (injection.run, injection.path, injection.generation) == ("a run", str(tmp_path / "a run"), 12)


async def test_a_library_that_cannot_be_opened_is_tried_again(
    desk: LibraryDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    def refuse(self: Library) -> None:
        opened.append(self)
        raise LibraryError("written by a newer version")

    with monkeypatch.context() as broken:
        broken.setattr("library_store.library.Library.__init__", refuse)
        for _ in range(2):
            with pytest.raises(LibraryError, match="newer"):
                await desk.read()
    assert len(opened) == 2
    await desk.read()
    assert desk.entries == []
    assert tmp_path.is_dir()
