"""A look at the machine: real files of this one, and a graphics driver that only pretends."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tui.machine import GraphicsProcessor, graphics_processors, look_at_machine

if TYPE_CHECKING:
    from pathlib import Path


class FakeError(Exception):
    """What the library raises."""


class FakeLibrary:
    """NVIDIA's library with two processors, of which the second does not tell its temperature."""

    NVMLError = FakeError
    NVML_TEMPERATURE_GPU = 0

    def __init__(self, *, broken: str = "", count: int = 2) -> None:
        self.broken, self.count, self.shut_down = broken, count, 0

    def __getattr__(self, name: str) -> Any:
        answers = {
            "nvmlInit": lambda: None,
            "nvmlDeviceGetCount": lambda: self.count,
            "nvmlDeviceGetHandleByIndex": lambda index: index,
            "nvmlDeviceGetName": lambda index: b"A100" if index else "RTX \x1b[31m4090",
            "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(used=3_000_000_000, total=24_000_000_000),
            "nvmlDeviceGetUtilizationRates": lambda index: SimpleNamespace(gpu=87 - index),
            "nvmlDeviceGetTemperature": self._temperature,
            "nvmlShutdown": self._shut_down,
        }
        if name not in answers:
            raise AttributeError(name)
        return self._raising if name == self.broken else answers[name]

    def _raising(self, *_: object) -> None:
        raise FakeError("driver \x1b[2J lost")

    def _temperature(self, index: int, _: int) -> int:
        if index:
            raise FakeError("not supported")
        return 63

    def _shut_down(self) -> None:
        self.shut_down += 1


def use(monkeypatch: pytest.MonkeyPatch, library: FakeLibrary) -> FakeLibrary:
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library


def test_every_graphics_processor_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    library = use(monkeypatch, FakeLibrary())
    assert graphics_processors() == (
        (
            GraphicsProcessor("RTX 4090", 87, 3_000_000_000, 24_000_000_000, 63),
            GraphicsProcessor("A100", 86, 3_000_000_000, 24_000_000_000, None),
        ),
        "",
    )
    assert library.shut_down == 1


@pytest.mark.parametrize(
    ("library", "said", "shut_down"),
    [
        (FakeLibrary(broken="nvmlInit"), "no NVIDIA driver found", 0),
        (FakeLibrary(broken="nvmlDeviceGetMemoryInfo"), "the NVIDIA driver does not answer: driver lost", 1),
        (FakeLibrary(count=0), "no GPU found", 1),
    ],
)
def test_without_one_there_is_a_word_why(
    monkeypatch: pytest.MonkeyPatch, library: FakeLibrary, said: str, shut_down: int
) -> None:
    use(monkeypatch, library)
    assert graphics_processors() == ((), said)
    assert library.shut_down == shut_down


def test_this_machine_is_read(tmp_path: Path) -> None:
    machine = look_at_machine(tmp_path, [os.getpid(), 2**22 + 1])
    assert machine.processors == os.cpu_count()
    assert machine.memory is not None
    assert machine.memory_free is not None
    assert 0 < machine.memory_free <= machine.memory
    assert machine.disk_free
    [(process, resident, seconds)] = machine.processes
    assert process == os.getpid()
    assert resident > 1_000_000
    assert seconds == pytest.approx(sum(os.times()[:2]), abs=0.5)


def test_a_disk_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    assert look_at_machine(tmp_path / "gone", []).disk_free is None
