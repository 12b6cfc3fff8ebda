"""The library as people use it: put, get, change, remove, and nothing is ever lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.errors import InvalidEntry, LibraryError, UnknownEntry
from library_store import Library
from library_store.database import document
from library_store.entry import LONGEST_NAME, LONGEST_NOTES, LONGEST_TAG
from tests.library_store.elites import (
    HOSTILE,
    PARAMETERS,
    every_kind,
    graph_elite,
    learned_elite,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from galapagos.evolution.archive import Elite


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Give an empty library."""
    with Library(tmp_path / "library") as opened:
        yield opened


def reopened(library: Library) -> Library:
    return Library(library.path)


def has_no_control(text: str) -> bool:
    return text.isprintable()


@pytest.mark.parametrize("elite", every_kind())
def test_everything_of_an_elite_comes_back(library: Library, elite: Elite) -> None:
    put = library.put(elite, name="a friend", tags=["b", "a"], notes="two\nlines")
    for opened in (library, reopened(library)):
        entry = opened.get(elite.individual.id)
        assert entry == put
        assert entry.genome.to_json() == elite.genome.to_json()
        assert entry.evaluation == elite.evaluation
        assert (entry.name, entry.tags, entry.notes) == ("a friend", ("a", "b"), "two\nlines")
        assert (entry.fitness, entry.complexity) == (elite.evaluation.fitness, elite.complexity)
        assert (entry.parents, entry.operator) == (elite.individual.parents, elite.individual.operator)
        assert (entry.run, entry.generation) == ("2026-01-02_run", 12)
        assert elite.origin is not None
        assert entry.parameters == elite.origin.parameters


def test_no_weight_stands_in_the_database(library: Library) -> None:
    entry = library.put(learned_elite(inherited=True))
    assert entry.skeleton["weights"] == {"tensor": "weights"}
    assert (library.path / "weights" / f"{entry.weights}.safetensors").exists()


def test_a_bare_network_is_saved_with_what_is_known_of_it(library: Library) -> None:
    genome = graph_elite().individual.genome
    entry = library.put(genome, parameters=PARAMETERS)
    assert library.put(genome).id == entry.id
    assert len(library) == 1
    assert (entry.fitness, entry.evaluation, entry.task) == (None, None, "CartPoleSwingUp")
    assert library.get(entry.id).genome == genome


def test_an_elite_saved_again_keeps_what_people_wrote_and_takes_the_newer_results(library: Library) -> None:
    elite = graph_elite(fitness=10.0)
    first = library.put(elite, name="mine", tags=["x"], notes="good")
    library.injected(first.id, run="other", path="/runs/other", generation=4)
    better = graph_elite(fitness=11.0)
    again = library.put(replace(elite, evaluation=better.evaluation), tags=["y"])
    assert len(library) == 1
    assert (again.name, again.tags, again.notes, again.fitness) == ("mine", ("x", "y"), "good", 11.0)
    assert [one.run for one in again.injections] == ["other"]


def test_the_same_individual_with_other_weights_is_kept_beside_the_first(library: Library) -> None:
    elite = learned_elite(inherited=True)
    first = library.put(elite)
    trained = np.zeros_like(elite.evaluation.trained)
    second = library.put(replace(elite, evaluation=replace(elite.evaluation, trained=trained)))
    assert first.id == elite.individual.id != second.id
    assert library.get(first.id).genome == elite.genome
    assert library.get(second.id).genome.to_json() != elite.genome.to_json()


def test_an_entry_is_found_by_id_beginning_and_name(library: Library) -> None:
    one, two = library.put(graph_elite(1), name="one"), library.put(graph_elite(2), name="two")
    assert library.get(one.id) == library.get(one.id[:9]) == library.get("one") == one
    library.change(two.id, name="one")
    with pytest.raises(UnknownEntry, match="one fits 2 saved elites; their ids are"):
        library.get("one")
    for unknown in ("three", "", "f" * 16):
        with pytest.raises(UnknownEntry, match="is not in the library"):
            library.get(unknown)


def test_name_tags_and_notes_change_and_the_rest_stays(library: Library) -> None:
    before = library.put(graph_elite())
    after = library.change(before.id, name="new", tags=["a", "b,c"], notes="n")
    assert (after.name, after.tags, after.notes) == ("new", ("a", "b", "c"), "n")
    assert after.changed(name=before.name, tags=(), notes="") == before
    assert library.change(before.id, tags=[]).tags == ()
    assert reopened(library).get(before.id).name == "new"


def test_hostile_texts_are_made_plain_before_they_are_kept(library: Library) -> None:
    entry = library.put(graph_elite(), name=HOSTILE, tags=[HOSTILE], notes=f"a\n{HOSTILE}\nb")
    assert has_no_control(entry.name)
    assert len(entry.name) <= LONGEST_NAME
    assert all(has_no_control(tag) and len(tag) <= LONGEST_TAG for tag in entry.tags)
    assert len(entry.notes) <= LONGEST_NOTES
    assert all(map(has_no_control, entry.notes.splitlines()))
    assert reopened(library).get(entry.id) == entry


def test_a_removed_entry_comes_back_with_everything(library: Library) -> None:
    entry = library.put(learned_elite(), name="gone")
    library.remove(entry.id)
    assert library.get_all() == []
    assert library.removed() == [entry]
    with pytest.raises(UnknownEntry):
        library.remove(entry.id)
    assert reopened(library).restore(entry.id) == entry
    assert library.get_all() == [entry]
    assert library.get("gone").genome == learned_elite().individual.genome
    with pytest.raises(UnknownEntry, match="was not removed"):
        library.restore(entry.id)


def test_what_was_removed_is_put_again_and_then_not_among_the_removed(library: Library) -> None:
    entry = library.put(graph_elite())
    library.remove(entry.id)
    library.put(graph_elite())
    assert len(library) == 1
    assert library.removed() == []


def test_only_what_was_removed_can_be_discarded_and_then_its_weights_are_gone(library: Library) -> None:
    entry, other = library.put(graph_elite(1)), library.put(graph_elite(2))
    with pytest.raises(UnknownEntry, match="remove it first"):
        library.discard(entry.id)
    library.remove(entry.id)
    library.discard(entry.id)
    assert library.removed() == []
    left = [path.stem for path in (library.path / "weights").iterdir()]
    assert left == [other.weights]


def test_injections_are_noted_oldest_first_and_an_unknown_id_is_passed_over(library: Library) -> None:
    entry = library.put(graph_elite())
    library.injected("f" * 16, run="a", path="/a", generation=1)
    for generation in (3, 9):
        library.injected(entry.id, run="a", path="/a", generation=generation)
    assert [one.generation for one in library.get(entry.id).injections] == [3, 9]


def test_lost_weights_are_told_and_saving_again_brings_them_back(library: Library) -> None:
    elite = learned_elite()
    entry = library.put(elite, name="kept")
    (library.path / "weights" / f"{entry.weights}.safetensors").unlink()
    with pytest.raises(LibraryError, match="cannot be read: No such file"):
        _ = reopened(library).get(entry.id).genome
    healed = library.put(elite)
    assert healed.id == entry.id
    assert reopened(library).get(entry.id).genome == elite.individual.genome


def test_one_row_that_cannot_be_read_hides_no_other(library: Library) -> None:
    entry = library.put(graph_elite())
    library._table.upsert(document({**entry.to_row(), "fitness": "high"}, entry.id))
    other = library.put(learned_elite())
    opened = reopened(library)
    assert opened.get_all() == [other]
    assert any("fitness of a saved elite must be a finite number" in line for line in opened.problems)


def test_threads_save_at_the_same_time(library: Library) -> None:
    def save(first: int) -> None:
        for seed in range(first, first + 10):
            library.put(graph_elite(seed))

    threads = [threading.Thread(target=save, args=(first,)) for first in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = {
        graph_elite(first + number).individual.id for first in (100, 200, 300, 400) for number in range(10)
    }
    assert {entry.id for entry in reopened(library).get_all()} == ids


def test_an_entry_of_another_library_is_taken_with_all_its_facts(library: Library, tmp_path: Path) -> None:
    with Library(tmp_path / "theirs") as theirs:
        entry = theirs.put(learned_elite(), name="theirs", tags=["t"])
        ours = library.put(entry)
    assert ours.changed(weights="") == entry.changed(weights="")
    assert ours.genome == entry.genome


def test_an_empty_library_writes_nothing(tmp_path: Path) -> None:
    with Library(tmp_path / "none") as opened:
        assert opened.get_all() == []
        assert opened.problems == ()
    assert not (tmp_path / "none").exists()


def test_tags_that_several_give_at_once_are_all_kept(library: Library) -> None:
    entry = library.put(graph_elite())
    threads = [
        threading.Thread(target=library.change, args=(entry.id,), kwargs={"add_tags": [f"t{number}"]})
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.get(entry.id).tags == tuple(f"t{number}" for number in range(8))
    assert library.change(entry.id, drop_tags=["t1", "other"]).tags == ("t0", *(f"t{n}" for n in range(2, 8)))


def test_too_many_tags_are_refused_and_nothing_changes(library: Library) -> None:
    entry = library.put(graph_elite())
    for tags in ([f"t{number}" for number in range(60)], [f"t{number}" for number in range(200)]):
        with pytest.raises(InvalidEntry, match="tags"):
            library.change(entry.id, tags=tags)
        with pytest.raises(InvalidEntry, match="tags"):
            library.put(graph_elite(2), tags=tags)
    assert library.get_all() == [entry]


def test_only_a_whole_id_is_removed_or_changed(library: Library) -> None:
    entry = library.put(graph_elite(), name="one")
    for text in ("one", "o", entry.id[:8], ""):
        with pytest.raises(UnknownEntry, match="has the id"):
            library.remove(text)
        with pytest.raises(UnknownEntry, match="has the id"):
            library.change(text, name="two")


def test_the_latest_injections_stay(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library_store.library.MOST_INJECTIONS", 3)
    entry = library.put(graph_elite())
    for generation in range(5):
        library.injected(entry.id, run="a", path="/a", generation=generation)
    assert [one.generation for one in library.get(entry.id).injections] == [2, 3, 4]


def test_it_is_known_whether_learned_weights_were_kept(library: Library) -> None:
    assert not library.put(graph_elite()).is_untrained
    assert library.put(learned_elite()).is_untrained
    assert not library.put(learned_elite(3, inherited=True)).is_untrained
