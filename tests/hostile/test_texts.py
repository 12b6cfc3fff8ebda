"""Files that people write or hand on: parameters, settings and networks, changed in every way."""

from __future__ import annotations

import json
import math
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import yaml

from galapagos.errors import InvalidGenome, InvalidParameters
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import LayerGenome
from galapagos.genomes.network_file import read_network
from galapagos.genomes.wann_matrix import write_wann_matrix
from galapagos.parameter_files import dump_parameters, load_parameters, presets
from galapagos.parameters import Parameters
from galapagos.plain_text import plain
from galapagos.strict_yaml import read_scalar
from tests.hostile.mutations import any_of, gnawed, lines_changed, one_of, reshaped
from tests.hostile.networks import learner, stack
from tests.hostile.reading import FEW, MANY, Format, fuzz, must_be_plain
from tests.strategies import random_genome
from tui.keymap import keymap_of, known_bindings
from tui.user_settings import read_settings, remember

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.genomes.genome import Genome


def read_twice(content: bytes) -> dict[str, Any]:
    """Return what PyYAML composes of a flat mapping, plain scalars by the table of YAML 1.2."""
    root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return {}
    names = [key.value for key, _ in root.value]
    assert len(set(names)) == len(names)
    return {key.value: value_of(node) for key, node in root.value}


def value_of(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return str(node.value) if node.style else read_scalar(node.value)


def is_same(found: Any, given: Any) -> bool:
    """Return whether a parameter is what a file says, a whole number for a float and a list for a tuple."""
    if isinstance(given, list):
        items = found if isinstance(found, tuple) else (found,)
        return len(items) == len(given) and all(map(is_same, items, given))
    if isinstance(found, tuple):
        return len(found) == 1 and is_same(found[0], given)
    if isinstance(found, bool) or isinstance(given, bool):
        return found is given
    return bool(found == given)


def parameters(directory: Path) -> Format:
    path = directory / "wann-gym" / "fuzzed.yaml"
    path.parent.mkdir()
    contents = [preset.path.read_bytes() for preset in presets()]
    contents.append(dump_parameters(Parameters.model_validate({"seed": 2**62})).encode())

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found = load_parameters(path)
        for name, given in read_twice(content).items():
            if given is not None:
                assert is_same(getattr(found, name), given), name
        path.write_text(dump_parameters(found))
        assert load_parameters(path) == found

    mutation = any_of(gnawed, lines_changed, lines_changed)
    return Format("parameters", lambda rng: mutation(one_of(contents, rng), rng), read)


SETTINGS = (
    b'# mine\nkeys:\n  run.pause: "p,space"\n  app.leave: [x, ctrl+c]\ntheme: dark\nascii: auto\nmouse: no\n',
    b"theme: light # as it was\r\nrefresh: 30\r\nascii: true\r\n",
    b"refresh: auto\nkeys: {run.stop: S, 'app.help': question_mark}\n",
)


def settings(directory: Path) -> Format:
    path = directory / "config.yaml"
    bindings = known_bindings()

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found = read_settings(path)
        problems = [*found.problems, *keymap_of(found.keys, bindings, found.place).problems]
        for problem in problems:
            must_be_plain(problem, "settings")
        must_say_what_stands_there(found.theme, found.refresh, content, told=bool(found.problems))
        line = remember("theme", "dark", path)
        if line:
            must_be_plain(line, "settings")
            assert path.read_bytes() == content
        else:
            after = read_settings(path)
            assert (after.theme, after.keys.keys()) == ("dark", found.keys.keys())
            assert (after.refresh, after.mouse, after.ascii_only) == (
                found.refresh,
                found.mouse,
                found.ascii_only,
            )
        if problems:
            raise InvalidParameters(problems)

    mutation = any_of(gnawed, lines_changed, lines_changed)
    return Format("settings", lambda rng: mutation(one_of(SETTINGS, rng), rng), read)


def must_say_what_stands_there(theme: str, refresh: int | None, content: bytes, *, told: bool) -> None:
    if told:
        return
    root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    given = {key.value: node.value for key, node in root.value} if isinstance(root, yaml.MappingNode) else {}
    assert given.keys() <= {"keys", "theme", "ascii", "mouse", "refresh"}
    assert theme == plain(given.get("theme", ""), 100)
    assert str(refresh) == given.get("refresh", "None").replace("auto", "None")


def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a name stands twice"
    return dict(pairs)


def refuse(constant: str) -> None:
    raise AssertionError(constant)


def second_reading(content: bytes) -> Any:
    """Return what the standard library reads, where no name may stand twice and every number is finite."""
    found = json.loads(
        content.decode(),
        object_pairs_hook=refuse_twice,
        parse_constant=refuse,
        parse_float=finite_number,
        parse_int=number_of_64_bits,
    )
    # Half a character, which JSON can name and no file can hold, is an error here.
    json.dumps(found, ensure_ascii=False).encode()
    return found


def finite_number(text: str) -> float:
    assert math.isfinite(float(text)), text
    return float(text)


def number_of_64_bits(text: str) -> float:
    """Return a whole number, as a float64 where it has more than 64 bits."""
    number = int(text) if len(text) < 30 else 2**64
    return number if -(2**63) <= number < 2**64 else finite_number(text)


def canonical(data: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a network with what may be absent, and its connections in one order."""
    data = {"bias_input": False, "epochs": 0} | {
        name: part for name, part in data.items() if part is not None
    }
    if data["kind"] == "layers":
        del data["bias_input"]
        layers = [{name: part for name, part in one.items() if part is not None} for one in data["layers"]]
        for holder, name in ((data, "output_weights"), *((layer, "weights") for layer in layers)):
            if name in holder:
                # The last digit of base64 has bits that nothing reads.
                holder[name] = holder[name] | {"float32": b64decode(holder[name]["float32"])}
        return data | {"layers": layers}
    order = sorted(range(len(data["connections"])), key=lambda place: data["connections"][place][::-1])
    lists = {name: data[name] for name in ("connections", "weights", "feedback") if name in data}
    return data | {name: [part[place] for place in order] for name, part in lists.items()}


def networks(directory: Path) -> Format:
    path = directory / "fuzzed.json"
    trained = learner(3, trained=True)
    genomes: list[Genome] = [random_genome(1), random_genome(2), learner(3, trained=False), trained]
    genomes += [stack(seed) for seed in range(4)]
    contents = [orjson.dumps(genome.to_json()) for genome in genomes]
    contents.append(orjson.dumps({"id": "0" * 16, "genome": trained.to_json(), "level": 3}))

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found = read_network(path)
        assert isinstance(found, GraphGenome | LayerGenome)
        given = second_reading(content)
        given = given if "kind" in given else given["genome"]
        assert canonical(found.to_json()) == canonical(given)
        path.write_bytes(orjson.dumps(found.to_json()))
        assert read_network(path) == found

    mutation = any_of(gnawed, reshaped, reshaped)
    return Format(
        "networks",
        lambda rng: (
            gnawed(one_of(contents, rng), rng)
            if rng.random() < 0.3
            else mutation(contents[rng.integers(len(contents))], rng)
        ),
        read,
    )


def matrices(directory: Path) -> Format:
    path = directory / "fuzzed.out"
    contents = [write_wann_matrix(random_genome(seed, max_hidden=6)).encode() for seed in range(4)]

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            found = read_network(path)
        except InvalidGenome:
            found = read_network(path, num_inputs=3, num_outputs=2)
        assert isinstance(found, GraphGenome)
        matrix = np.loadtxt(path, delimiter=",", ndmin=2, comments=None)
        connected = (matrix[:, :-1] != 0) & ~np.isnan(matrix[:, :-1])
        assert connected.sum() == found.num_connections
        assert matrix[:, -1].tolist() == sorted_by_place(found)
        path.write_text(write_wann_matrix(found))
        again = read_network(path, num_inputs=found.num_inputs, num_outputs=found.num_outputs)
        assert again.complexity("connections") == found.num_connections

    mutation = any_of(gnawed, lines_changed, lines_changed)
    return Format("matrices", lambda rng: mutation(one_of(contents, rng), rng), read)


def sorted_by_place(genome: GraphGenome) -> list[float]:
    """Return the activations as a matrix has them: bias and inputs, hidden neurons, outputs."""
    codes = genome.activations.tolist()
    sensors, hidden = genome.num_sensors, genome.first_hidden
    return [float(code) for code in (*codes[:sensors], *codes[hidden:], *codes[sensors:hidden])]


FORMATS = (parameters, settings, networks, matrices)


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_file_is_what_it_says_or_refused_in_a_line(
    tmp_path: Path, form: Callable[[Path], Format]
) -> None:
    fuzz(form(tmp_path), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_ten_thousand_changed_files_of_each_kind(tmp_path: Path, form: Callable[[Path], Format]) -> None:
    fuzz(form(tmp_path), MANY)
