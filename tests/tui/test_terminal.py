"""What is settled before textual is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tui.terminal import is_ascii, person, prepare_environment

if TYPE_CHECKING:
    from pathlib import Path


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


def test_frames_a_second_that_the_settings_ask_for_are_taken() -> None:
    environment: dict[str, str] = {}
    prepare_environment(environment, refresh=12)
    assert environment["TEXTUAL_FPS"] == "12"


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "LANG": ""}, False),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, True),
        ({"TERM": "vt220"}, True),
        ({"TERM": "xterm", "LANG": "C"}, True),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "xterm", "LANG": "C", "LC_ALL": "C.utf8"}, False),
        ({"TERM": "xterm", "LANG": "C.UTF-8", "LC_CTYPE": "POSIX"}, True),
    ],
)
def test_plain_characters_are_for_terminals_and_locales_without_others(
    environment: dict[str, str], plain: bool
) -> None:
    assert is_ascii(environment) is plain
    assert is_ascii(environment, asked=not plain) is not plain


def test_the_door_imports_nothing_heavy_and_the_first_frame_little() -> None:
    program = (
        "import sys, tui.app; assert 'textual' not in sys.modules\n"
        "import tui.dashboard, tui.screens.run\n"
        "heavy = {'numpy', 'pydantic', 'numba', 'gymnasium', 'torch'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("settings", "imported"), [(None, set()), ("theme: light\n", {"yaml"})])
def test_settings_cost_the_first_frame_one_import_and_only_where_there_are_some(
    tmp_path: Path, settings: str | None, imported: set[str]
) -> None:
    if settings is not None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "config.yaml").write_text(settings)
    program = (
        "import sys, tui.user_settings, tui.dashboard, tui.screens.home, tui.screens.run\n"
        "tui.dashboard.Dashboard(settings=tui.user_settings.read_settings())\n"
        "late = {'yaml', 'library_store', 'tinydb', 'tui.keymap', 'tui.palette', 'tui.glossary'}\n"
        "print(*late & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GALAPAGOS_HOME": str(tmp_path)},
    )
    assert set(done.stdout.split()) == imported


def test_who_a_person_said_to_be_is_plain_text_or_nothing() -> None:
    assert person({"GALAPAGOS_AS": "a\x00da"}) == "ada"
    assert person({"GALAPAGOS_AS": "\x1b"}) is None
    assert person({}) is None
