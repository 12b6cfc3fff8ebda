"""A person's settings: what is taken, what is refused in one line, what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.user_settings import KeyWish, UserSettings, _Reader, read_settings, remember, settings_path

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str) -> UserSettings:
    return _Reader("config.yaml").read(text.encode())


def test_without_a_file_the_program_decides(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "absent.yaml")
    assert settings.problems == ()
    assert (settings.ascii_only, settings.mouse, settings.refresh, settings.theme) == (None, False, None, "")


def test_they_are_in_the_config_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "config" / "config.yaml"


def test_everything_can_be_said() -> None:
    settings = read(
        'theme: colour-blind\nascii: false\nmouse: on\nrefresh: 12\nkeys:\n  run.pause: "p, space"\n'
        "  run.pin: [x, P]\n  home.quit: y\n"
    )
    assert settings.problems == ()
    assert (settings.theme, settings.ascii_only, settings.mouse, settings.refresh) == (
        "colour-blind",
        False,
        True,
        12,
    )
    assert settings.keys == {
        "run.pause": KeyWish("p,space", 6),
        "run.pin": KeyWish("x,P", 7),
        "home.quit": KeyWish("y", 8),
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("thema: dark", "config.yaml:1: 'thema' is no setting; did you mean theme?"),
        ("xyzzy: 1", "'xyzzy' is no setting; keys, theme, ascii, mouse, refresh are settings"),
        ("mouse: perhaps", "mouse: 'perhaps' is no switch; true or false would be right"),
        ("\nascii: 7", "config.yaml:2: ascii: '7' is no switch; true, false or auto would be right"),
        ("refresh: 500", "refresh: '500'; frames a second, from 1 to 120, or auto, would be right"),
        ("theme: [a]", "theme: a list or a mapping; one word would be right"),
        ("keys: 3", "this is no mapping; keys: {run.pause:"),
        ("keys: {run.pause: {}}", "'run.pause': has no keys; names with commas between would be right"),
        ("keys: {run.pause: 'p,,q'}", "'run.pause': has no keys"),
        ("keys: {run.pause: ''}", "'run.pause': has no keys"),
        ("theme: a\ntheme: b", "config.yaml:2: 'theme' stands here again (first on line 1); keep one"),
        ("- 1\n- 2", "this is no mapping; lines of `name: value` would be right"),
        ("theme: [", "not YAML"),
        ("a: \x01", "a control character stands in the file; remove it"),
        ("[" * 5000, "nested too deeply"),
        ("{?[a]: 1}", "a name must be a plain word"),
        ("theme: dark\n" * 20_000, "more than 65536 bytes"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_raised(text: str, line: str) -> None:
    problems = read(text).problems
    assert any(line in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)


def test_the_rest_of_a_file_with_mistakes_is_taken() -> None:
    settings = read("mouse: yes\nrefresh: never\nkeys: {run.pause: p, run.pin: []}\n")
    assert len(settings.problems) == 2
    assert settings.mouse
    assert list(settings.keys) == ["run.pause"]


def test_hostile_names_are_shown_without_what_a_terminal_would_obey() -> None:
    (problem,) = read('"\\e]0;title\\a[red]x\\u202e": 1').problems
    assert problem.isprintable()


@given(st.binary(max_size=300))
def test_no_file_at_all_can_raise(data: bytes) -> None:
    settings = _Reader("config.yaml").read(data)
    assert all(problem.isprintable() for problem in settings.problems)


def test_many_problems_are_cut() -> None:
    problems = read("\n".join(f"x{number}: 1" for number in range(50))).problems
    assert len(problems) == 21
    assert problems[-1] == "config.yaml: 30 problems more"


def test_a_file_that_cannot_be_read_is_a_line(tmp_path: Path) -> None:
    (problem,) = read_settings(tmp_path).problems
    assert "a file that can be read would be right" in problem


def test_a_theme_is_remembered_and_every_other_line_stays(tmp_path: Path) -> None:
    path = tmp_path / "config" / "config.yaml"
    assert remember("theme", "dark", path) == ""
    assert path.read_text() == "theme: dark\n"
    path.write_text("# mine\nmouse: true\ntheme:   light  # by day\nkeys: {run.pause: p}\n")
    assert remember("theme", "nord", path) == ""
    assert path.read_text() == "# mine\nmouse: true\ntheme: nord  # by day\nkeys: {run.pause: p}\n"
    path.write_text("mouse: true")
    assert remember("theme", "nord", path) == ""
    assert path.read_text() == "mouse: true\ntheme: nord\n"


def test_a_file_that_would_be_spoilt_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("{mouse: true}\n")
    assert "needs a person; write theme: nord there" in remember("theme", "nord", path)
    assert path.read_text() == "{mouse: true}\n"
    assert "not remembered" in remember("theme", "nord", path / "below")
