"""How many processors: the affinity mask and both kinds of control groups."""

import os
from pathlib import Path

import pytest

from galapagos.engine.pool.processors import available_processors


@pytest.fixture(autouse=True)
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_a_quota_the_affinity_mask_counts(tmp_path: Path) -> None:
    assert available_processors(tmp_path) == 8


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1), ("nonsense", 8)],
)
def test_a_quota_of_version_2_is_rounded_up(tmp_path: Path, limit: str, expected: int) -> None:
    write(tmp_path / "proc/self/cgroup", "0::/user/session\n")
    write(tmp_path / "sys/fs/cgroup/user/session/cpu.max", limit)
    assert available_processors(tmp_path) == expected


def test_the_smallest_quota_on_the_way_up_counts(tmp_path: Path) -> None:
    write(tmp_path / "proc/self/cgroup", "0::/user/session\n")
    write(tmp_path / "sys/fs/cgroup/user/session/cpu.max", "600000 100000")
    write(tmp_path / "sys/fs/cgroup/user/cpu.max", "300000 100000")
    assert available_processors(tmp_path) == 3


def test_in_a_container_the_quota_is_at_the_root_of_what_is_mounted(tmp_path: Path) -> None:
    write(tmp_path / "proc/self/cgroup", "0::/../../elsewhere/on/the/host\n")
    write(tmp_path / "sys/fs/cgroup/cpu.max", "400000 100000")
    assert available_processors(tmp_path) == 4


@pytest.mark.parametrize(("quota", "expected"), [("-1", 8), ("250000", 3)])
def test_a_quota_of_version_1_counts(tmp_path: Path, quota: str, expected: int) -> None:
    write(tmp_path / "proc/self/cgroup", "5:memory:/jobs\n4:cpu,cpuacct:/jobs\n0::/\n")
    write(tmp_path / "sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", quota)
    write(tmp_path / "sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000")
    assert available_processors(tmp_path) == expected


def test_on_this_machine_there_is_at_least_one() -> None:
    assert 1 <= available_processors() <= 8
