"""One elite as plain JSON: for people and programs, and for whatever takes a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.errors import InvalidGenome
from galapagos.genomes.network_file import read_network
from library_store.entry import LONGEST_NAME, Entry
from library_store.exchange import export_entries, read_file
from library_store.weights import MAX_VALUES
from tests.genomes.test_any_genome import STACK
from tests.genomes.test_graph import CHAIN
from tests.library_store.elites import HOSTILE, graph_elite
from tests.library_store.entries import ENTRIES, entry_of

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.genomes.genome import Genome


def exported(directory: Path, entry: Entry) -> dict[str, Any]:
    export_entries([entry], directory / "exported.json")
    data: dict[str, Any] = orjson.loads((directory / "exported.json").read_bytes())
    return data


def read_back(directory: Path, data: object) -> Entry | Genome:
    path = directory / "changed.json"
    path.write_bytes(data if isinstance(data, bytes) else orjson.dumps(data))
    (found,) = read_file(path)
    return found


@pytest.mark.parametrize("kind", ENTRIES)
def test_whatever_takes_a_network_takes_the_file(tmp_path: Path, kind: str) -> None:
    entry = ENTRIES[kind]()
    export_entries([entry], tmp_path / "elite.json")
    assert read_network(tmp_path / "elite.json") == entry.genome


def test_the_facts_stand_in_lines_and_the_network_in_one(tmp_path: Path) -> None:
    entry = entry_of(graph_elite(1), notes="kept")
    data = exported(tmp_path, entry)
    assert (data["format"], data["version"]) == ("galapagos elite", 1)
    assert (data["id"], data["notes"], data["fitness"]) == (entry.id, "kept", 500.0)
    assert data["genome"] == entry.genome.to_json()
    assert not {"weights", "skeleton", "read_weights"} & data.keys()
    lines = (tmp_path / "exported.json").read_text().splitlines()
    assert lines[1] == '  "format": "galapagos elite",'
    assert lines[-2].startswith('  "genome": {"kind":"graph"')


@pytest.mark.parametrize("genome", [CHAIN, STACK])
def test_other_json_with_a_network_is_a_bare_network(tmp_path: Path, genome: Genome) -> None:
    assert read_back(tmp_path, genome.to_json()) == genome
    assert read_back(tmp_path, {"id": "0" * 16, "genome": genome.to_json(), "level": 3}) == genome


def test_what_a_person_changed_is_taken_and_cleaned(tmp_path: Path) -> None:
    data = exported(tmp_path, entry_of(graph_elite(1)))
    found = read_back(tmp_path, data | {"name": HOSTILE, "tags": ["b", "a", "a"]})
    assert isinstance(found, Entry)
    assert found.name.isprintable()
    assert len(found.name) == LONGEST_NAME
    assert found.tags == ("a", "b")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "newer": ({"version": 2}, "written by a newer version of Galápagos, in format 2; this one reads 1"),
    "version": ({"version": "1"}, "version of a saved elite must be a whole number"),
    "old": ({"version": 0}, "version of a saved elite must be a whole number"),
    "id": ({"id": "../../x"}, "id of a saved elite must have 16 hexadecimal digits"),
    "connections": ({"connections": 9999}, "it says 9999 connections, its network has"),
    "neurons": ({"neurons": 0}, "it says 0 neurons, its network has"),
    "layers": ({"layers": 77}, "it says 77 layers, its network has"),
    "saved": ({"saved": None}, "saved of a saved elite must be a finite number"),
    "results": ({"results": {"fitness": 1}}, "results of a saved elite are no evaluation"),
    "no network": ({"genome": None}, '"kind": "graph" or "kind": "layers"'),
    "broken network": ({"genome": CHAIN.to_json() | {"connections": [[3, 4], [4, 3]]}}, "cycle"),
    "many tags": ({"tags": ["a"] * 51}, "tags of a saved elite must be a list of at most 50"),
    "long tag": ({"tags": ["a b " * 500_000]}, "tags of a saved elite must be a list of at most 50"),
    "tags in a text": ({"tags": "a b " * 500_000}, "tags of a saved elite must be a list of at most 50"),
    "tag of numbers": ({"tags": [1]}, "tags of a saved elite must be a list of at most 50"),
    "many values": ({"notes": [0] * (MAX_VALUES + 1)}, "holds more than 1000000 values"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    change, line = WRONG[name]
    data = exported(tmp_path, entry_of(graph_elite(1)))
    with pytest.raises(InvalidGenome, match=line) as caught:
        read_back(tmp_path, data | change)
    assert "changed.json: " in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    data = exported(tmp_path, entry_of(graph_elite(1)))
    for name in data.keys() - {"format", "version", "genome", "tags"}:
        with pytest.raises(InvalidGenome, match=f"a saved elite lacks {name}"):
            read_back(tmp_path, {key: value for key, value in data.items() if key != name})


def test_what_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    data = exported(tmp_path, entry_of(graph_elite(1)))

    def nested(key: str, depth: int) -> bytes:
        text = orjson.dumps(data | {key: "here"})
        return text.replace(b'"here"', b'{"deep":' + b"[" * depth + b"]" * depth + b"}")

    assert isinstance(read_back(tmp_path, nested("parameters", 50)), Entry)
    for key in ("parameters", "tags", "parents", "genome", "injections", "id", "version"):
        for depth in (300, 1000, 100_000):
            with pytest.raises(InvalidGenome):
                read_back(tmp_path, nested(key, depth))
