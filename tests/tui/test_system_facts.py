"""What a run does to its machine, in lines."""

from __future__ import annotations

import re

from galapagos.engine.snapshot import WorkerSummary
from tests.engine.fakes import snapshot
from tui.formatting import ABSENT
from tui.machine import GraphicsProcessor, Machine
from tui.system_facts import system_lines

WORKERS = (WorkerSummary(101, "busy", 12_345), WorkerSummary(102, "starting", 0))


def lines(machine: Machine | None) -> list[str]:
    picture = snapshot(workers=WORKERS, clients=2, directory="/runs/one", checkpoint_age=61.0)
    return ["".join(text for text, _ in line).rstrip() for line in system_lines(picture, machine)]


def columns(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def test_without_a_look_at_the_machine_the_engine_is_told_of() -> None:
    told = lines(None)
    assert "dashboards  2 attached" in told
    assert "files       /runs/one" in told
    assert "checkpoint  61 s ago" in told
    assert any(line.startswith("evaluated") and " networks, " in line for line in told)
    assert columns(told[-2]) == ["101", "busy", "12 345", ABSENT, ABSENT]
    assert not any(line.startswith(("memory", "GPU")) for line in told)


def test_everything_that_is_known_is_told() -> None:
    machine = Machine(
        processors=64,
        load=12.34,
        memory_free=200_000_000_000,
        memory=512_000_000_000,
        disk_free=1_500_000_000_000,
        processes=((101, 175_000_000, 3_661.0),),
        graphics=(
            GraphicsProcessor("RTX 4090", 87, 3_000_000_000, 24_000_000_000, 63),
            GraphicsProcessor("A100", 0, 0, 40_000_000_000, None),
        ),
    )
    told = lines(machine)
    assert told[:7] == [
        "processors  64, load 12.3",
        "memory      200.0 GB of 512.0 GB free",
        "disk        1.5 TB free",
        "GPU 0       RTX 4090",
        "            87 % busy, 3.0 GB of 24.0 GB, 63 °C",
        "GPU 1       A100",
        "            0 % busy, 0 kB of 40.0 GB",
    ]
    assert [columns(line) for line in told[-3:]] == [
        ["worker", "state", "networks", "memory", "processor"],
        ["101", "busy", "12 345", "175 MB", "1:01:01"],
        ["102", "starting", "0", ABSENT, ABSENT],
    ]


def test_a_machine_without_a_graphics_processor_says_so() -> None:
    assert "GPU         no GPU found" in lines(Machine(processors=2, graphics_problem="no GPU found"))
