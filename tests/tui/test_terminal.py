"""What is settled before textual is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.terminal import prepare_environment


def test_a_local_terminal_gets_sixty_frames() -> None:
    environment: dict[str, str] = {}
    prepare_environment(environment)
    assert environment["TEXTUAL_FPS"] == "60"


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
def test_over_ssh_there_are_thirty_frames_and_no_animations(name: str) -> None:
    environment = {name: "x"}
    prepare_environment(environment)
    assert (environment["TEXTUAL_FPS"], environment["TEXTUAL_ANIMATIONS"]) == ("30", "none")


def test_what_a_person_set_stays() -> None:
    environment = {"TEXTUAL_FPS": "10", "TEXTUAL_ANIMATIONS": "full", "SSH_TTY": "x"}
    prepare_environment(environment)
    assert (environment["TEXTUAL_FPS"], environment["TEXTUAL_ANIMATIONS"]) == ("10", "full")


def test_the_door_imports_nothing_heavy_and_the_first_frame_little() -> None:
    program = (
        "import sys, tui.app; assert 'textual' not in sys.modules\n"
        "import tui.dashboard, tui.screens.run\n"
        "heavy = {'numpy', 'pydantic', 'numba', 'gymnasium', 'torch'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
