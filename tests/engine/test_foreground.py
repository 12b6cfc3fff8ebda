"""Lines on stdout never end a run, whatever stdout is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINTS = "from galapagos.engine.foreground import _print\n_print('2 → 4')\n_print('more')\n"


def printed(stdout: int, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", PRINTS],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
    )


def test_a_reader_that_went_away_is_borne() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = printed(writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_borne() -> None:
    with Path("/dev/full").open("wb") as full:
        done = printed(full.fileno())
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_the_encoding_lacks_is_replaced(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        done = printed(out.fileno(), PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out").read_bytes() == b"2 ? 4\nmore\n"
