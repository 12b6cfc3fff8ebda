"""Snapshots across the socket: the same on the other side, quickly, and refused by name where wrong."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from galapagos.engine.snapshot import EliteSummary, RunState, Snapshot, snapshot_from_json
from galapagos.engine.socket import protocol
from tests.engine.fakes import snapshot

CHECKOUT = Path(__file__).parents[2]


def _json(**changes: Any) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(orjson.dumps(snapshot()))
    return {**read, **changes}


def test_a_snapshot_comes_out_as_it_went_in() -> None:
    picture = snapshot(levels=64, population=960)
    frame = protocol.encode_snapshot(picture)
    assert snapshot_from_json(orjson.loads(frame[4:])["snapshot"]) == picture


def test_a_snapshot_number_that_is_not_finite_comes_out_as_none_or_nan() -> None:
    frame = protocol.encode_snapshot(snapshot(best_fitness=math.nan, evaluations_per_second=math.inf))
    read = snapshot_from_json(orjson.loads(frame[4:])["snapshot"])
    assert read.best_fitness is None
    assert math.isnan(read.evaluations_per_second)


def test_a_later_versions_field_is_passed_over() -> None:
    assert snapshot_from_json(_json(weather="fine")) == snapshot()


def test_the_sizes_of_the_archive_cross_and_an_earlier_engine_may_leave_them_out() -> None:
    picture = snapshot(sizes=((12, 312.4, "0c2020ad00000001", 10), (34, 731.2, "0c2020ad00000003", 30)))
    data = orjson.loads(protocol.encode_snapshot(picture)[4:])["snapshot"]
    assert snapshot_from_json(data) == picture
    del data["sizes"]
    assert snapshot_from_json(data) == replace(picture, sizes=())


def test_what_is_not_as_it_should_be_crosses_and_an_earlier_engine_may_leave_it_out() -> None:
    picture = snapshot(notices=("less than 1 GB is free",))
    data = orjson.loads(protocol.encode_snapshot(picture)[4:])["snapshot"]
    assert snapshot_from_json(data) == picture
    del data["notices"]
    assert snapshot_from_json(data) == replace(picture, notices=())


@pytest.mark.parametrize(
    "name", [field.name for field in fields(Snapshot) if field.name not in ("sizes", "notices")]
)
def test_a_field_that_is_absent_is_named(name: str) -> None:
    data = _json()
    del data[name]
    with pytest.raises(ValueError, match=f"^{name}: is absent$"):
        snapshot_from_json(data)


@pytest.mark.parametrize("name", [field.name for field in fields(Snapshot)])
@pytest.mark.parametrize("wrong", [{"a": 1}, [[1, 2, 3]], "text", True, 1.5])
def test_a_field_of_another_type_is_named_or_right(name: str, wrong: object) -> None:
    right = {"parameters": dict, "pending": dict, "title": str, "message": str, "run": str, "directory": str}
    floats = {field.name for field in fields(Snapshot) if str(field.type).startswith("float")}
    if isinstance(wrong, right.get(name, ())) or (name in floats and isinstance(wrong, float)):
        assert getattr(snapshot_from_json(_json(**{name: wrong})), name) == wrong
        return
    with pytest.raises(ValueError, match=f"^{name}: "):
        snapshot_from_json(_json(**{name: wrong}))


@pytest.mark.parametrize("wrong", [None, [], "x", 3])
def test_what_is_no_object_is_no_snapshot(wrong: object) -> None:
    with pytest.raises(ValueError, match="must be an object"):
        snapshot_from_json(wrong)


def test_a_wrong_part_of_an_elite_is_named_with_its_place() -> None:
    elite = _json()["elites"][0]
    with pytest.raises(ValueError, match=r"^elites: born: must be of the type int$"):
        snapshot_from_json(_json(elites=[{**elite, "born": "yesterday"}]))
    read = snapshot_from_json(_json(champion={**elite, "fitness": None}))
    assert isinstance(read.champion, EliteSummary)
    assert math.isnan(read.champion.fitness)
    assert snapshot_from_json(_json(champion=None, elites=[])).elites == ()


@pytest.mark.parametrize("state", list(RunState))
def test_every_state_of_a_run_crosses_the_socket(state: RunState) -> None:
    assert snapshot_from_json(_json(state=state.value)).state is state


def test_a_client_needs_no_pydantic_to_show_a_run() -> None:
    program = (
        "import sys, galapagos.engine.socket.blocking_client, galapagos.engine.socket.server;"
        "import galapagos.engine.launch;"
        "print({'pydantic', 'numpy', 'numba', 'textual', 'gymnasium'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
