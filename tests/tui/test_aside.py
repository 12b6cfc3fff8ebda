"""A module that runs beside the dashboard lives no longer than the dashboard, however that ends."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DASHBOARD = """
import asyncio
from tui.aside import run_aside
asyncio.run(run_aside(("sleeper",), b""))
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's PR_SET_PDEATHSIG")
def test_it_ends_with_a_dashboard_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    os.mkfifo(told)
    (tmp_path / "sleeper.py").write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    with subprocess.Popen([sys.executable, "-c", DASHBOARD], cwd=ROOT, env=environment) as dashboard:
        # Reading from the pipe waits until the process has written.
        handle = os.pidfd_open(int(told.read_text()))
        dashboard.kill()
    try:
        assert select.select([handle], [], [], 5.0)[0], "it outlived the dashboard"
    finally:
        os.close(handle)
