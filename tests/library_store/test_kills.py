"""A process that saves elites is killed again and again: whatever it had said to be saved is there."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from library_store import Library
from tests.library_store.elites import graph_elite, learned_elite

if TYPE_CHECKING:
    from pathlib import Path

SAVES = """
import sys
from pathlib import Path
from library_store import Library
from tests.library_store.elites import graph_elite, learned_elite

library = Library(Path(sys.argv[1]))
for seed in range(int(sys.argv[2]), int(sys.argv[2]) + 10_000):
    elite = learned_elite(seed) if seed % 2 else graph_elite(seed)
    entry = library.put(elite, tags=["saved"])
    library.change(entry.id, name=f"number {seed}")
    print(seed, entry.id, flush=True)
"""


@pytest.mark.parametrize("kills", [12, pytest.param(500, marks=pytest.mark.slow)])
def test_no_acknowledged_elite_is_lost_and_no_file_is_unreadable(tmp_path: Path, kills: int) -> None:
    rng = np.random.default_rng(kills)
    acknowledged: dict[str, int] = {}
    for kill in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVES, str(tmp_path), str(20_000 * kill)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        # The kill comes while the save after the last line that is read is under way.
        for _ in range(int(rng.integers(1, 12))):
            seed, id = process.stdout.readline().split()
            acknowledged[id] = int(seed)
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            if line.endswith("\n"):
                seed, id = line.split()
                acknowledged[id] = int(seed)
        process.stdout.close()
        process.wait()
    with Library(tmp_path) as library:
        entries = {entry.id: entry for entry in library.get_all()}
    assert acknowledged.keys() <= entries.keys()
    # A save that was under way when the kill came may be there as well, without its name.
    assert len(entries) <= len(acknowledged) + kills
    for id, number in acknowledged.items():
        expected = learned_elite(number) if number % 2 else graph_elite(number)
        assert (entries[id].name, entries[id].tags) == (f"number {number}", ("saved",))
        assert entries[id].genome == expected.individual.genome
    assert all(entry.genome for entry in entries.values())
