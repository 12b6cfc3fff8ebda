"""The cache of compiled kernels: one compiles, others wait, and a change of anything gives another cache."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from galapagos.networks import kernel_cache

PREPARE = """
import sys, time
from pathlib import Path
from galapagos.networks.kernel_cache import cache_directory, prepare
log = Path(sys.argv[1])
def note(what):
    with log.open("a") as file:
        file.write(f"{what}\\n")
def warm():
    note("begin")
    time.sleep(0.2)  # compiling takes its time, in which the others must wait
    note("end")
prepare("test", warm, lambda: note("announce"))
print(cache_directory())
"""


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty place for caches, used by this process and its children."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_cache, "cache_directory", kernel_cache.cache_directory.__wrapped__)
    return tmp_path / "cache"


def prepare_in_processes(count: int, log: Path) -> list[str]:
    """Run as many processes at once as told, and return what they say."""
    running = [
        subprocess.Popen([sys.executable, "-c", PREPARE, str(log)], stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * count
    return answers


def test_one_process_compiles_while_the_others_wait_and_later_ones_say_nothing(
    own_cache: Path, tmp_path: Path
) -> None:
    answers = prepare_in_processes(3, tmp_path / "log")
    assert len(set(answers)) == 1
    assert Path(answers[0]).parent == own_cache
    lines = (tmp_path / "log").read_text().split()
    work = [line for line in lines if line != "announce"]
    assert sorted(work) == ["begin"] * 3 + ["end"] * 3
    assert work[:2] == ["begin", "end"]
    assert lines[0] == "announce"

    prepare_in_processes(1, tmp_path / "later")
    assert (tmp_path / "later").read_text().split() == ["begin", "end"]


@pytest.mark.usefixtures("own_cache")
def test_another_version_or_another_source_has_another_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = {kernel_cache.cache_directory().name}
    with monkeypatch.context() as context:
        context.setattr(kernel_cache, "version", lambda _: "0.0")
        names.add(kernel_cache.cache_directory().name)
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks" / "activations.py").write_text("# changed")
    monkeypatch.setattr(kernel_cache, "_PACKAGE", tmp_path)
    names.add(kernel_cache.cache_directory().name)
    assert len(names) == 3


def test_where_nothing_can_be_written_a_temporary_directory_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "cache"))
    directory = kernel_cache.cache_directory()
    assert directory.is_dir()
    assert own_cache not in directory.parents


def test_a_child_process_uses_the_directory_of_its_parent(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = kernel_cache.cache_directory()
    assert directory.parent == own_cache
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(directory))
    assert kernel_cache.cache_directory() == directory


def test_caches_that_nobody_used_for_long_are_removed_and_nothing_else(own_cache: Path) -> None:
    long_ago = time.time() - 2 * kernel_cache.STALE_SECONDS
    stale, used, other = (own_cache / name for name in ("kernels-" + "0" * 16, "kernels-" + "1" * 16, "mine"))
    for directory in (stale, used, other):
        directory.mkdir(parents=True)
        (directory / "ready-test").touch()
        for path in (directory / "ready-test", directory):
            os.utime(path, (long_ago, long_ago))
    os.utime(used / "ready-test")
    kernel_cache.cache_directory()
    assert sorted(path.exists() for path in (stale, used, other)) == [False, True, True]
    assert not stale.exists()


def test_shared_functions_and_environments_import_no_numba() -> None:
    code = (
        "import sys, galapagos.networks.forward, galapagos.networks.compiled, galapagos.tasks.swing_up_task, "
        "galapagos.tasks.catalogue; print('numba' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_a_second_process_takes_the_swing_up_kernel_from_the_cache() -> None:
    code = (
        "from galapagos.tasks import swing_up_kernel as kernel; kernel.prepare_swing_up(lambda: None); "
        "print(sum(kernel._play.stats.cache_hits.values()), sum(kernel._play.stats.cache_misses.values()))"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert answers[0] in (["1", "0"], ["0", "1"])
    assert answers[1] == ["1", "0"]
