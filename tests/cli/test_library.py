"""The commands on the library: what they print, refuse, and leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Inject
from library_store import Library
from tests.engine.fakes import GENOME, elite_id
from tests.library_store.elites import HOSTILE, graph_elite, learned_elite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from library_store import Entry
    from tests.cli.conftest import Called, LiveRun

PRESET = "wann-gym/CartPoleSwingUp"


@pytest.fixture
def saved() -> list[Entry]:
    """Give two saved elites, the first of them the newer one."""
    with Library() as library:
        older = library.put(learned_elite(), name="digits one", tags=["learned"])
        newer = library.put(graph_elite(fitness=700.0), name="friend", tags=["good"], notes="a\nb")
    return [newer, older]


def names(text: str) -> list[str]:
    return [entry["name"] for entry in json.loads(text)]


def test_an_empty_library_says_how_it_is_filled(galapagos: Callable[..., Called]) -> None:
    called = galapagos("library")
    assert (called.code, called.err) == (0, "")
    assert "galapagos library add RUN/champion" in called.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["friend", "digits one"]),
        (["--tag", "learned"], ["digits one"]),
        (["--task", "Cart"], ["friend"]),
        (["--min_fitness", "600"], ["friend"]),
        (["--min_fitness=-1"], ["friend", "digits one"]),
        (["loss<0.5"], ["digits one"]),
        (["fri", "fitness>1"], ["friend"]),
        (["--sort", "name"], ["digits one", "friend"]),
        (["--sort", "name", "--reverse"], ["friend", "digits one"]),
    ],
)
@pytest.mark.usefixtures("saved")
def test_the_list_is_filtered_and_sorted(
    galapagos: Callable[..., Called], arguments: list[str], expected: list[str]
) -> None:
    assert names(galapagos("library", "list", *arguments, "--json").out) == expected


@pytest.mark.usefixtures("saved")
def test_the_list_shows_fitness_as_the_task_means_it(galapagos: Callable[..., Called]) -> None:
    friend, digits = galapagos("library", "list").out.splitlines()[1:]
    assert friend.split()[1:4] == ["friend", "CartPoleSwingUp", "700.0"]
    assert "0.250" in digits


def test_show_tells_everything_but_the_network(galapagos: Callable[..., Called], saved: list[Entry]) -> None:
    shown = galapagos("library", "show", "friend").out
    for part in (saved[0].id, "good", "700.0 ±3.5, 4 trials", "2026-01-02_run, born in generation 12"):
        assert part in shown
    data = json.loads(galapagos("library", "show", "friend", "--json").out)
    assert data["notes"] == "a\nb"
    assert "skeleton" not in data


def test_tags_and_names_change(galapagos: Callable[..., Called], saved: list[Entry]) -> None:
    assert galapagos("library", "tag", "friend", "b,a").out == "friend: a b good\n"
    assert galapagos("library", "tag", "friend", "a", "good", "--remove").out == "friend: b\n"
    assert galapagos("library", "rename", "friend", "old friend").out == "friend is now old friend\n"
    assert galapagos("library", "rename", "old friend", "\x1b[31m").code == 2
    with Library() as library:
        assert (library.get(saved[0].id).name, library.get(saved[0].id).tags) == ("old friend", ("b",))


def test_removing_asks_and_can_be_undone(galapagos: Callable[..., Called], saved: list[Entry]) -> None:
    called = galapagos("library", "remove", "friend")
    assert (called.code, called.out) == (2, "")
    assert "--yes removes without asking" in called.err
    assert galapagos("library", "remove", "friend", "digits one", "--yes").code == 0
    assert names(galapagos("library", "list", "--json").out) == []
    assert galapagos("library", "remove", "--undo", saved[0].id[:8]).out == "friend is back\n"
    assert galapagos("library", "remove", "--undo").out == "digits one is back\n"
    assert "nothing was removed" in galapagos("library", "remove", "--undo").err
    with Library() as library:
        assert library.get_all() == saved


def test_what_was_removed_is_deleted_for_good_on_demand(galapagos: Callable[..., Called]) -> None:
    with Library() as library:
        entry = library.put(graph_elite())
        library.remove(entry.id)
    assert galapagos("library", "remove", "--for_good").code == 2
    assert galapagos("library", "remove", "--for_good", "--yes").out.endswith(" is deleted for good\n")
    assert "nothing was removed" in galapagos("library", "remove", "--undo").err


def test_what_is_in_the_library_is_deleted_for_good_where_it_is_named(
    galapagos: Callable[..., Called], saved: list[Entry]
) -> None:
    assert galapagos("library", "remove", "--for_good", "--yes").code == 2
    called = galapagos("library", "remove", "friend", "--for_good", "--yes")
    assert (called.code, called.out) == (0, "friend is deleted for good\n")
    assert names(galapagos("library", "list", "--json").out) == ["digits one"]
    assert "0 of the 0 elites" in galapagos("library", "remove", "--undo", saved[0].id).err


def test_an_empty_list_says_whether_anything_is_saved(
    galapagos: Callable[..., Called], saved: list[Entry]
) -> None:
    assert galapagos("library", "list", "absent").out == f"none of {len(saved)} saved elites fits\n"
    assert galapagos("library", "remove", "friend", "digits one", "--yes").code == 0
    assert galapagos("library").out.startswith("nothing is saved yet; `s` in a run")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["frob"], "'frob' is no action of library"),
        (["show", "nobody"], "'nobody' is not in the library; `galapagos library list` names what is"),
        (["list", "fitness>=much"], "fitness>=much compares with no number"),
        (["list", "--sort", "beauty"], "--sort: 'beauty' is none of "),
        (["remove"], "name what to remove"),
        (["add", "nothing.json"], "nothing.json: no such file"),
        (["import", "nothing.json"], "nothing.json"),
        (["import", "network.pt"], "network.pt"),
        (["export", "nobody"], "'nobody' is not in the library"),
    ],
)
def test_a_wrong_call_is_one_line(galapagos: Callable[..., Called], arguments: list[str], line: str) -> None:
    called = galapagos("library", *arguments)
    assert called.code == 2
    assert line in called.err
    assert called.err.count("\n") == 1


def test_an_elite_of_a_live_run_is_saved_with_its_origin(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    assert galapagos("library", "add", f"{live_run.run.name}/{elite_id(2)}", "--tag", "x").code == 0
    with Library() as library:
        (entry,) = library.get_all()
    assert (entry.id, entry.run, entry.tags) == (elite_id(2), live_run.run.name, ("x",))
    assert entry.genome == GENOME


@pytest.mark.usefixtures("saved")
def test_a_saved_elite_is_injected_by_name_and_the_library_remembers_it(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    called = galapagos("inject", live_run.run.name, "friend")
    assert called.out == "friend competes from generation 216 on\n"
    elite = graph_elite()
    expected = Inject(elite.individual.genome.to_json(), elite.individual.id, "saved friend")
    assert [command for command, _ in live_run.host.commands] == [expected]
    with Library() as library:
        (injection,) = library.get("friend").injections
    assert injection.generation == 216


@pytest.mark.usefixtures("saved")
def test_exports_of_every_kind_come_back_but_pytorch(
    galapagos: Callable[..., Called], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert galapagos("library", "export", "friend").out == "friend.galapagos\n"
    for suffix in (".json", ".out", ".pt"):
        assert galapagos("library", "export", "friend", "--to", f"it{suffix}").code == 0
    with Library() as library:
        genome = library.get("friend").genome
        library.remove(library.get("friend").id)
    assert galapagos("library", "import", "friend.galapagos").code == 0
    assert galapagos("library", "import", "it.json").code == 0
    with Library() as library:
        entry = library.get("friend")
        assert (entry.genome, entry.tags, entry.fitness) == (genome, ("good",), 700.0)
        assert len(library) == 2
    assert "it.pt" in galapagos("library", "import", "it.pt").err
    assert "friend.galapagos" in galapagos("library", "export", "friend").err


def test_a_bad_file_among_others_changes_nothing(
    galapagos: Callable[..., Called], tmp_path: Path, saved: list[Entry]
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(GENOME.to_json()))
    bad.write_text("{}")
    called = galapagos("library", "import", str(good), str(bad))
    assert (called.code, called.err.count("\n")) == (2, 1)
    with Library() as library:
        assert library.get_all() == saved


def test_the_list_has_no_control_characters_whatever_was_saved(galapagos: Callable[..., Called]) -> None:
    with Library() as library:
        library.put(graph_elite(), name=HOSTILE, tags=[HOSTILE], notes=HOSTILE)
    for arguments in (["list"], ["show", graph_elite().individual.id]):
        shown = galapagos("library", *arguments).out
        assert all(line.isprintable() for line in shown.splitlines())


@pytest.mark.usefixtures("saved")
def test_a_damaged_database_is_told_and_repaired(
    galapagos: Callable[..., Called], own_home: Path, saved: list[Entry]
) -> None:
    for file in (own_home / "library").glob("*-0*"):
        file.unlink()
    called = galapagos("library", "repair")
    assert called.out == "2 saved elites, 2 of them from the files of their weights\n"
    assert names(galapagos("library", "list", "--json").out) == [entry.name for entry in saved]


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("nobody", "nothing saved fits 'nobody'"),
        ("tag:learned", "none of 1 saved elites fits: digits one: "),
        ("fitness>x", "compares with no number"),
    ],
)
@pytest.mark.usefixtures("saved")
def test_a_population_that_cannot_start_from_the_library_makes_no_run(
    galapagos: Callable[..., Called], own_home: Path, query: str, line: str
) -> None:
    called = galapagos("run", PRESET, "--headless", "--from_library", query)
    assert called.code == 2
    assert line in called.err
    assert not (own_home / "runs").exists()


@pytest.mark.usefixtures("saved")
def test_one_network_that_learns_does_not_start_from_the_library(galapagos: Callable[..., Called]) -> None:
    called = galapagos("run", "learning/digits-backprop", "--headless", "--from_library", "")
    assert called.code == 2
    assert "here one network learns" in called.err


def test_a_network_from_a_file_is_saved_with_what_it_is_for_and_can_be_scored(
    galapagos: Callable[..., Called], tmp_path: Path
) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps(graph_elite(3).individual.genome.to_json()))
    assert galapagos("library", "add", str(path), "--name", "unknown").code == 0
    assert "does not say what it is for" in galapagos("evaluate", "unknown").err
    assert galapagos("library", "import", str(path), "--name", "known", "--for", PRESET).code == 0
    # The network of the test has other inputs than the task, and that is what is told now.
    assert "has 3 inputs" in galapagos("evaluate", "known", "--num_trials", "1").err


def test_an_exported_elite_says_of_itself_what_it_is_and_for(
    galapagos: Callable[..., Called], tmp_path: Path, saved: list[Entry]
) -> None:
    path = tmp_path / "friend.json"
    assert galapagos("library", "export", "friend", "--to", str(path)).code == 0
    with Library() as library:
        library.remove(saved[0].id)
    assert "has 3 inputs" in galapagos("evaluate", str(path), "--num_trials", "1").err
    assert galapagos("library", "add", str(path)).code == 0
    with Library() as library:
        entry = library.get("friend")
    assert (entry.id, entry.fitness, entry.notes) == (saved[0].id, 700.0, "a\nb")


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x.json", "x" * 5000, "a\0b"])
def test_what_is_no_path_is_one_line(galapagos: Callable[..., Called], text: str) -> None:
    for call in (("library", "add", text), ("library", "import", text), ("evaluate", text)):
        called = galapagos(*call)
        assert (called.code, called.err.count("\n")) == (2, 1)
        assert len(called.err) < 400


@pytest.mark.usefixtures("saved")
def test_what_is_named_twice_is_removed_once(galapagos: Callable[..., Called]) -> None:
    assert galapagos("library", "remove", "friend", "friend", "--yes").code == 0


@pytest.mark.usefixtures("saved")
def test_an_elite_whose_learned_weights_were_not_kept_says_so(galapagos: Callable[..., Called]) -> None:
    assert "as before it learned" in galapagos("library", "show", "digits one").out
