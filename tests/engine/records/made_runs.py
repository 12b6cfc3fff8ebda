"""Runs to try things on, and a process that holds one as its engine."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.engine.records.run_directory import RunDirectory

TITLE = "wann-gym/CartPoleSwingUp"
_HOLD = """
import sys
from pathlib import Path
from galapagos.engine.records.run_directory import RunDirectory
run = RunDirectory(Path(sys.argv[1]))
with run.lock():
    run.write_engine_file("alive")
    print("held", flush=True)
    sys.stdin.read()
"""


def parameters_with(**values: Any) -> Parameters:
    """Return parameters that are checked, the others at their defaults."""
    return Parameters.model_validate(values)


@contextmanager
def held(run: RunDirectory) -> Iterator[subprocess.Popen[str]]:
    """Let a process live as the engine of a run."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()
