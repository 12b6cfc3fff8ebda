"""Files of saved elites: what goes out comes back the same, and nothing else is taken or left behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.errors import ExportRefused, GalapagosError, InvalidGenome, LibraryError
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.network_file import MAX_FILE_BYTES
from galapagos.networks.forward import forward
from library_store import bundle, json_file, writers
from library_store.bundle import write_bundle
from library_store.entry import Entry
from library_store.exchange import export_entries, read_file
from library_store.formats import FORMATS, READABLE, WRITABLE, listed
from library_store.json_file import json_of
from library_store.members import MAX_BYTES
from library_store.outputs import outputs_of, sample_inputs, weights_to_try
from tests.library_store.elites import graph_elite, learned_elite
from tests.library_store.entries import CHAMPION, ENTRIES, champion, entry_of, every_activation, stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.genomes.genome import Genome

SUFFIXES = WRITABLE
HOLDING_ALL = (".galapagos", ".json")


def small() -> Entry:
    return entry_of(graph_elite(1))


def outputs(genome: Genome) -> Any:
    return outputs_of(genome, sample_inputs(genome), weights_to_try(genome, None))


def assert_same_outputs(one: Genome, other: Genome) -> None:
    assert np.array_equal(outputs(one), outputs(other), equal_nan=True)


def genome_text(entry: Entry) -> bytes:
    return orjson.dumps(entry.genome.to_json())


def as_it_comes_back(entry: Entry) -> dict[str, Any]:
    """Return an entry's row with its texts cleaned, without its injections, and no weights' file named."""
    row: dict[str, Any] = orjson.loads(orjson.dumps(entry.to_row()))
    return Entry.from_row(row).to_row() | {"weights": "", "injections": []}


def imported(path: Path) -> Entry:
    (found,) = read_file(path)
    assert isinstance(found, Entry)
    return found


@pytest.mark.parametrize("suffix", HOLDING_ALL)
@pytest.mark.parametrize("kind", ENTRIES)
def test_an_entry_of_every_kind_comes_back_but_its_injections(tmp_path: Path, kind: str, suffix: str) -> None:
    entry, path = ENTRIES[kind](), tmp_path / f"elite{suffix}"
    assert export_entries([entry], path) == (path,)
    found = imported(path)
    assert found.to_row() | {"weights": ""} == as_it_comes_back(entry)
    assert genome_text(found) == genome_text(entry)
    assert_same_outputs(found.genome, entry.genome)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", HOLDING_ALL)
def test_what_came_back_is_written_the_same_again(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    export_entries([ENTRIES["hostile texts"]()], first)
    export_entries([imported(first)], second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", ["elite of a gym task", "every activation", "every activation, no bias"])
def test_a_matrix_comes_back_with_the_same_outputs(tmp_path: Path, kind: str) -> None:
    entry, path = ENTRIES[kind](), tmp_path / "elite.out"
    assert export_entries([entry], path) == (path,)
    (found,) = read_file(path)
    assert isinstance(found, GraphGenome)
    assert found.num_connections == entry.connections
    assert_same_outputs(found, entry.genome)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_published_champion_goes_out_and_comes_back(tmp_path: Path, suffix: str) -> None:
    if not CHAMPION.exists():
        pytest.skip("the published champion is not beside the checkout")
    entry, path = champion(), tmp_path / f"champion{suffix}"
    export_entries([entry], path)
    if suffix == ".pt":
        return  # written only where the outputs of the loader are the same
    (found,) = read_file(path)
    genome = found.genome if isinstance(found, Entry) else found
    assert genome == entry.genome
    assert_same_outputs(genome, entry.genome)


def test_outputs_are_those_of_the_readable_reference() -> None:
    genome = every_activation()
    weights, inputs = weights_to_try(genome, 0.3), sample_inputs(genome)
    expected = [[forward(genome, weight, sample) for sample in inputs] for weight in weights]
    assert 0.3 in weights
    assert np.array_equal(outputs_of(genome, inputs, weights), expected)


def test_several_entries_keep_their_order(tmp_path: Path) -> None:
    entries = [build() for build in ENTRIES.values()]
    entries = [entry.changed(id=f"{99 - place:016x}") for place, entry in enumerate(entries)]
    export_entries(entries, tmp_path / "all.galapagos")
    found = read_file(tmp_path / "all.galapagos")
    assert [entry.id for entry in found if isinstance(entry, Entry)] == [entry.id for entry in entries]


def test_numbers_that_a_matrix_does_not_say_are_asked_for(tmp_path: Path) -> None:
    genome = graph_genome(
        num_inputs=3, num_outputs=1, activations=[Activation.LINEAR] * 4, connections=[(0, 3)]
    )
    path = tmp_path / "few.out"
    export_entries([entry_of(genome)], path)
    with pytest.raises(InvalidGenome, match=r"few\.out: .* say how many"):
        read_file(path)
    (found,) = read_file(path, num_inputs=3, num_outputs=1)
    assert isinstance(found, GraphGenome)
    assert (found.num_inputs, found.num_connections) == (3, 1)


REFUSED: dict[str, tuple[str, Callable[[], list[Entry]], str]] = {
    "unknown suffix": ("a.zip", lambda: [small()], r"written as \.galapagos, \.json, \.out or \.pt"),
    "no suffix": ("a", lambda: [small()], "written as"),
    "several in JSON": ("a.json", lambda: [small()] * 2, r"holds one saved elite, not 2; a \.galapagos"),
    "several in a matrix": ("a.out", lambda: [small()] * 2, "holds one saved elite"),
    "several for PyTorch": ("a.pt", lambda: [small()] * 2, "holds one saved elite"),
    "none": ("a.galapagos", list, "holds 1 to 1000 saved elites, not 0"),
    "none in JSON": ("a.json", list, "holds one saved elite, not 0"),
    "too many": ("a.galapagos", lambda: [small()] * 1001, "1 to 1000 saved elites, not 1001"),
    "one twice": ("a.galapagos", lambda: [small()] * 2, "named twice"),
    "stack as a matrix": ("a.out", lambda: [entry_of(stack(weighted=False))], r"export it as \.json"),
    "weights in a matrix": ("a.out", lambda: [entry_of(learned_elite(1))], r"weights of its own as \.json"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_format_cannot_hold_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    file, entries, line = REFUSED[name]
    with pytest.raises(GalapagosError, match=line) as caught:
        export_entries(entries(), tmp_path / file)
    assert str(caught.value).startswith(str(tmp_path / file))
    assert str(caught.value).isprintable()
    assert caught.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_matrix_that_would_be_read_as_another_network_is_not_written(tmp_path: Path) -> None:
    # The hidden neuron has nothing coming in, as inputs have, and the format does not tell them apart.
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR] * 3,
        connections=[(0, 1), (2, 1)],
    )
    with pytest.raises(LibraryError, match=r"a\.out was not written.*with 2 inputs and 1 outputs"):
        export_entries([entry_of(genome)], tmp_path / "a.out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_there_stays(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"elite{suffix}"
    path.write_text("precious")
    with pytest.raises(ExportRefused, match="is there already; name another file"):
        export_entries([small()], path)
    assert path.read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_loader_that_is_there_stays_and_a_link_to_nowhere_counts(tmp_path: Path) -> None:
    (tmp_path / "elite.py").write_text("precious")
    with pytest.raises(ExportRefused, match=r"elite\.py is there already"):
        export_entries([small()], tmp_path / "elite.pt")
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ExportRefused, match=r"link\.json is there already"):
        export_entries([small()], tmp_path / "link.json")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["elite.py", "link.json"]


def test_a_file_that_comes_in_between_stays_and_the_export_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(entries: Any, path: Path) -> str | None:
        (tmp_path / "elite.py").write_text("precious")
        return write(entries, path)

    write = writers.write_torch
    monkeypatch.setattr(writers, "write_torch", interrupted)
    with pytest.raises(ExportRefused, match=r"elite\.py is there already"):
        export_entries([small()], tmp_path / "elite.pt")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("elite.py", "precious")]


def test_where_there_are_no_links_files_are_written_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    for suffix in SUFFIXES:
        export_entries([small()], tmp_path / f"elite{suffix}")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        [*(f"elite{suffix}" for suffix in SUFFIXES), "elite.py"]
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_told_in_one_line_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(LibraryError, match="cannot be written: No space left on device"):
            export_entries([small()], tmp_path / f"elite{suffix}")
    assert not list(tmp_path.iterdir())


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"absent/a\.json cannot be written: No such file"):
        export_entries([small()], tmp_path / "absent" / "a.json")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_reads_back_otherwise_does_not_get_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    other = entry_of(graph_elite(2)).changed(id=small().id)
    path = tmp_path / f"elite{suffix}"
    if suffix == ".pt":
        from library_store import torch_export

        real = torch_export.torch_file
        monkeypatch.setattr(torch_export, "torch_file", lambda *_: real(other.genome, None))
    elif suffix == ".out":
        from galapagos.genomes import wann_matrix

        matrix = wann_matrix.write_wann_matrix
        assert isinstance(other.genome, GraphGenome)
        text = matrix(other.genome)
        monkeypatch.setattr(wann_matrix, "write_wann_matrix", lambda _: text)
    elif suffix == ".json":
        content = json_of(other)
        monkeypatch.setattr(json_file, "json_of", lambda _: content)
    else:
        monkeypatch.setattr(bundle, "write_bundle", lambda _, *rest: write_bundle([other], *rest))
    with pytest.raises(LibraryError, match="was not written, since it would not read back"):
        export_entries([small()], path)
    assert not list(tmp_path.iterdir())


def test_weights_that_cannot_be_read_are_told_and_nothing_is_left(tmp_path: Path) -> None:
    def missing() -> Any:
        raise LibraryError("weights are gone")

    for suffix in SUFFIXES:
        with pytest.raises(LibraryError, match="weights are gone"):
            export_entries([small().changed(read_weights=missing)], tmp_path / f"elite{suffix}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".galapagos", ".json", ".out"])
def test_no_file_a_directory_a_pipe_and_a_device_are_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InvalidGenome, match=rf"absent{suffix}: there is no such file"):
        read_file(tmp_path / f"absent{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"device{suffix}").symlink_to("/dev/zero")
    for name in ("folder", "pipe", "device"):
        with pytest.raises(InvalidGenome, match=f"{name}{suffix}: this is no file"):
            read_file(tmp_path / f"{name}{suffix}")
    with pytest.raises(InvalidGenome):
        read_file(tmp_path / f"nul\0{suffix}")
    with pytest.raises(InvalidGenome) as caught:
        read_file(tmp_path / f"a\n\x1b[31mb{suffix}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("suffix", "most"), [(".galapagos", MAX_BYTES), (".json", MAX_FILE_BYTES), (".out", MAX_FILE_BYTES)]
)
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, suffix: str, most: int) -> None:
    path = tmp_path / f"large{suffix}"
    path.touch()
    os.truncate(path, most + 1)
    with pytest.raises(InvalidGenome, match=rf"large{suffix}: the file is larger than {most // 2**20} MB"):
        read_file(path)


def test_other_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidGenome, match=r"a\.pt: PyTorch files are not imported.*trusting who made them"):
        read_file(tmp_path / "a.pt")
    with pytest.raises(InvalidGenome, match=r"a\.pkl: .* read from \.galapagos, \.json or \.out files"):
        read_file(tmp_path / "a.pkl")


def test_the_table_of_formats_says_what_each_file_holds() -> None:
    assert set(READABLE) <= set(WRITABLE)
    assert all(one.content and callable(one.writer()) for one in FORMATS.values())
    assert (listed([".a"]), listed([".a", ".b"]), listed([".a", ".b", ".c"])) == (
        ".a",
        ".a or .b",
        ".a, .b or .c",
    )
