"""Keys that people choose: which there are, which collide, and that textual does what was promised."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.binding import Binding, BindingsMap
from textual.screen import Screen

from tui.keymap import KnownBinding, is_key, keymap_of, known_bindings, meet, normal, shown
from tui.user_settings import KeyWish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.keymap import Keymap


@cache
def known() -> dict[str, KnownBinding]:
    return known_bindings()


def keymap(**wishes: str) -> Keymap:
    """Return what comes of wishes, an underscore for the dot, one a line."""
    return keymap_of(
        {
            name.replace("_", ".", 1): KeyWish(keys, line)
            for line, (name, keys) in enumerate(wishes.items(), start=1)
        },
        known(),
        "config.yaml",
    )


def test_free_keys_are_taken_in_the_order_in_which_they_stand() -> None:
    found = keymap(run_pause="f5, space", run_pin="?!"[1])
    assert found.problems == []
    assert found.keys == {"run.pause": "f5,space", "run.pin": "exclamation_mark"}


def test_two_bindings_can_change_places() -> None:
    assert keymap(run_pause="p", run_pin="space").problems == []


def test_what_the_program_itself_lets_hide_each_other_may_stay() -> None:
    # ctrl+z suspends, and in the editor takes back.
    assert keymap(parameters_undo="ctrl+z,u").problems == []


def test_screens_that_never_meet_share_keys() -> None:
    assert keymap(run_pin="f5", home_open="f5", help_close="f5").problems == []
    assert keymap(run_pin="f5", rows_up="f5", entries_up="f5").problems == []


@pytest.mark.parametrize(
    ("wishes", "line"),
    [
        ({"run_pause": "e"}, "config.yaml:1: run.pause: e is the key of run.parameters (Parameters) already"),
        ({"run_pause": "f5", "run_pin": "f5"}, "config.yaml:2: run.pin: f5 is the key of run.pause (Pause)"),
        ({"app_help": "e"}, "app.help: e is the key of"),
        ({"run_pause": "?"}, "run.pause: ? is the key of app.help (Help) already; one that is free there"),
        ({"elites_up": "space"}, "elites.up: space is the key of run.pause"),
        ({"elite_again": "f5", "rows_up": "f5"}, "rows.up: f5 is the key of elite.again"),
        ({"run_brood": "f5"}, "'run.brood' is no binding; did you mean run.breed?"),
        ({"run_pause": "spcae"}, "run.pause: 'spcae' is no key; did you mean space?"),
        ({"run_pause": "ctrl+s"}, "run.pause: ctrl+s does not come from a terminal as itself"),
        ({"run_pause": "ctrl+ctrl+a"}, "run.pause: 'ctrl+ctrl+a' is no key"),
        ({"run_pause": ",".join("abcdefghi")}, "9 keys; at most 8 would be right"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_line(wishes: dict[str, str], line: str) -> None:
    found = keymap(**wishes)
    assert line in found.problems[-1]
    assert "\n" not in found.problems[-1]


def test_a_wish_gives_way_when_the_one_that_made_room_for_it_does() -> None:
    found = keymap(run_pause="p", run_pin="e")
    assert found.keys == {}
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    "key", ["a", "A", "?", "+", "ctrl+plus", "f12", "shift+tab", "alt+x", "comma", "ß", "ctrl++"]
)
def test_keys_that_there_are(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", " ", "\t", "ctrl+", "hyper", "foo+a", "ab", "\x1b", "Escape!"])
def test_keys_that_there_are_not(key: str) -> None:
    assert not is_key(key)


def test_a_key_is_shown_as_it_would_be_typed() -> None:
    for key in ("?", "+", "ctrl+r", "space", ":", "-", "a"):
        assert normal(shown(normal(key))) == normal(key)
    assert shown("question_mark") == "?"


KEYS = ["a", "b", "e", "p", "x", "z", "space", "enter", "f5", "ctrl+r", "escape", "?", "j", "down"]


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, KeyWish]:
    ids = draw(st.lists(st.sampled_from(sorted(known())), unique=True, max_size=8))
    return {
        id_: KeyWish(",".join(draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))), line)
        for line, id_ in enumerate(ids, start=1)
    }


@given(wishes())
@settings(max_examples=60, deadline=None)
def test_what_is_taken_never_collides_and_what_is_not_is_told(asked: dict[str, KeyWish]) -> None:
    found = keymap_of(asked, known(), "config.yaml")
    assert len(found.problems) == len(asked) - len(found.keys)
    for id_, wish in asked.items():
        told = any(line.startswith(f"config.yaml:{wish.line}: {id_}: ") for line in found.problems)
        assert told is not (id_ in found.keys)
    keys = {id_: frozenset(found.keys[id_].split(",")) for id_ in found.keys}
    for id_, own in keys.items():
        for other in known().values():
            shared = own & keys.get(other.id, other.keys) - (known()[id_].keys & other.keys)
            assert not shared or other.id == id_ or not meet(known()[id_], other)


@given(wishes())
@settings(max_examples=40, deadline=None)
def test_textual_gives_every_binding_of_a_screen_exactly_its_keys(asked: dict[str, KeyWish]) -> None:
    found = keymap_of(asked, known(), "config.yaml").keys
    for owner in {owner for binding in known().values() for owner in binding.owners}:
        if issubclass(owner, Screen):
            _is_as_promised(owner.BINDINGS, found)


def _is_as_promised(declared: object, keymap: Mapping[str, str]) -> None:
    assert isinstance(declared, list)
    bindings = BindingsMap(declared)
    bindings.apply_keymap(keymap)
    had: dict[str, set[str]] = {}
    for key, binding in bindings:
        had.setdefault(binding.id or "", set()).add(key)
    for binding in declared:
        assert isinstance(binding, Binding)
        keys = keymap.get(binding.id or "", binding.key).split(",")
        assert had.get(binding.id or "") == set(map(normal, keys)), binding.id


def test_the_keys_of_the_application_and_of_the_library_mean_the_same_everywhere() -> None:
    of_app = {key for binding in known().values() if binding.id.startswith("app.") for key in binding.keys}
    hidden = {id_: binding.keys & of_app for id_, binding in known().items() if not id_.startswith("app.")}
    # The editor of parameters takes back what is typed, as editors do; what opened help closes it.
    on_purpose = {"parameters.undo": {"ctrl+z"}, "help.leave": {"question_mark"}}
    assert {id_: keys for id_, keys in hidden.items() if keys} == on_purpose
    assert {binding.name for binding in known().values() if "L" in binding.keys} == {"Library"}
