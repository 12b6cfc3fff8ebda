"""Keys that a person chose: which bindings there are, which keys exist, and which wishes would collide."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys, _character_to_key
from textual.screen import ModalScreen, Screen

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tui.user_settings import KeyWish

SWALLOWED = frozenset({"ctrl+i", "ctrl+j", "ctrl+m", "ctrl+h", "ctrl+left_square_bracket", "ctrl+s"})
"""Keys that arrive as another one, or never: terminals and flow control take them."""
MOST_KEYS = 8

_SCREENS_OF_WIDGETS: Mapping[str, frozenset[str]] = {
    "elites": frozenset({"run"}),
    "happenings": frozenset({"run"}),
    "entries": frozenset({"library"}),
    "entry_facts": frozenset({"library"}),
    "rows": frozenset({"elite", "compare"}),
}
"""On which screens the bindings of a widget work; those of another widget may be on any."""
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(str(key.value) for key in Keys if key.value.isidentifier()) | REPLACED_KEYS.keys()


@dataclass(frozen=True, slots=True)
class KnownBinding:
    """A binding that can be mapped to other keys.

    Args:
        id: Of the binding.
        name: What it does, in a word or two.
        keys: Those it has by itself, as textual names them.
        owners: The classes that declare it.
    """

    id: str
    name: str
    keys: frozenset[str]
    owners: frozenset[type[DOMNode]]


@dataclass(slots=True)
class Keymap:
    """What came of the wishes.

    Args:
        keys: By the id of a binding, with commas between: what textual takes.
        problems: Why each of the others was refused, a line each.
    """

    keys: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def known_bindings() -> dict[str, KnownBinding]:
    """Return every binding of this program by its id; it imports all screens and widgets."""
    import tui

    found: dict[str, KnownBinding] = {}
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        for _, owner in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if owner.__module__ == module.name and issubclass(owner, DOMNode):
                for binding in _declared(owner):
                    known = found.get(binding.id or "")
                    owners = frozenset({owner}) | (known.owners if known else frozenset())
                    keys = frozenset(map(normal, binding.key.split(",")))
                    found[binding.id or ""] = KnownBinding(
                        binding.id or "", binding.description, keys, owners
                    )
    return found


def _declared(owner: type[DOMNode]) -> Iterator[Binding]:
    declared: Iterable[object] = vars(owner).get("BINDINGS", ())
    return (binding for binding in declared if isinstance(binding, Binding) and binding.id)


def keymap_of(wishes: Mapping[str, KeyWish], known: Mapping[str, KnownBinding], place: str) -> Keymap:
    """Return the wishes that can be fulfilled together; of two that collide, the one further down gives way.

    Args:
        wishes: By the id of a binding.
        known: All bindings.
        place: The file of the wishes, as it is called in a problem.
    """
    keymap = Keymap()
    problems: list[tuple[int, str]] = []
    taken: dict[str, frozenset[str]] = {}
    for id_, wish in wishes.items():
        problem = _unknown(id_, known) or _problem_of_keys(id_, wish.keys)
        if problem:
            problems.append((wish.line, problem))
        else:
            taken[id_] = frozenset(map(normal, wish.keys.split(",")))
    while True:
        collision = _first_collision(taken, known, wishes)
        if collision is None:
            break
        loser, other, key = collision
        del taken[loser]
        name = f"{other} ({known[other].name})" if known[other].name else other
        text = f"{loser}: {shown(key)} is the key of {name} already; one that is free there would be right"
        problems.append((wishes[loser].line, text))
    for id_ in taken:
        keymap.keys[id_] = ",".join(dict.fromkeys(map(normal, wishes[id_].keys.split(","))))
    keymap.problems = [f"{place}:{line}: {text}" for line, text in sorted(problems)]
    return keymap


def _first_collision(
    taken: Mapping[str, frozenset[str]], known: Mapping[str, KnownBinding], wishes: Mapping[str, KeyWish]
) -> tuple[str, str, str] | None:
    """Return (whose wish gives way, whom it would hide, by which key), the furthest down first."""
    for id_ in sorted(taken, key=lambda id_: -wishes[id_].line):
        for other in known.values():
            keys = taken.get(other.id, other.keys) & taken[id_]
            # Where the program itself gives both the same key, the one hides the other on purpose.
            keys -= known[id_].keys & other.keys
            later = other.id in taken and wishes[other.id].line > wishes[id_].line
            if other.id != id_ and keys and not later and meet(known[id_], other):
                return id_, other.id, min(keys)
    return None


def meet(one: KnownBinding, other: KnownBinding) -> bool:
    """Return whether two bindings can wait for a key at the same time."""
    return any(_meet(first, second) for first in one.owners for second in other.owners) and (
        _on_the_same_screen(one.id, other.id)
    )


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    if one is other or issubclass(one, other) or issubclass(other, one):
        return True
    for first, second in ((one, other), (other, one)):
        if issubclass(first, App):
            return not issubclass(second, ModalScreen)
    # Two screens are never one; a widget may be on any of them.
    return not (issubclass(one, Screen) and issubclass(other, Screen))


def _on_the_same_screen(one: str, other: str) -> bool:
    scopes = [id_.partition(".")[0] for id_ in (one, other)]
    places = [_SCREENS_OF_WIDGETS.get(scope, frozenset({scope})) for scope in scopes]
    fixed = [scope in _SCREENS_OF_WIDGETS for scope in scopes]
    return "app" in scopes or not any(fixed) or bool(places[0] & places[1])


def normal(key: str) -> str:
    """Return the name that textual has for a key: `question_mark` for `?`, the last part after modifiers."""
    *modifiers, last = _parts(key.strip())
    return "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])


def shown(key: str) -> str:
    """Return a key as a person would type it into the file, where commas stand between keys."""
    *modifiers, last = key.split("+")
    name = REPLACED_KEYS.get(last, last)
    try:
        sign = unicodedata.lookup(KEY_TO_UNICODE_NAME.get(name, name.replace("_", " ")))
    except KeyError:
        sign = last
    return "+".join([*modifiers, sign if sign.isprintable() and sign not in {" ", ","} else last])


def is_key(key: str) -> bool:
    """Return whether there is such a key: a character, a name of textual's, or one of them with modifiers."""
    *modifiers, last = _parts(key)
    if not set(modifiers) <= _MODIFIERS or len(modifiers) != len(set(modifiers)):
        return False
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return last in _NAMED or last in KEY_TO_UNICODE_NAME or _is_unicode_name(last)


def _parts(key: str) -> list[str]:
    # The plus sign itself stands last, or alone.
    return [*key[:-2].split("+"), "+"] if key.endswith("++") else ["+"] if key == "+" else key.split("+")


def _is_unicode_name(name: str) -> bool:
    try:
        return unicodedata.lookup(name.replace("_", " ")).isprintable() and name == name.lower()
    except KeyError:
        return False


def _unknown(id_: str, known: Mapping[str, KnownBinding]) -> str:
    if id_ in known:
        return ""
    near = difflib.get_close_matches(id_, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "`galapagos doctor --keys` names them all"
    return f"'{plain(id_, 40)}' is no binding; {hint}"


def _problem_of_keys(id_: str, keys: str) -> str:
    listed = [key.strip() for key in keys.split(",")]
    if len(listed) > MOST_KEYS:
        return f"{id_}: {len(listed)} keys; at most {MOST_KEYS} would be right"
    for key in listed:
        if not is_key(key):
            near = difflib.get_close_matches(key, _NAMED, n=1)
            hint = f"did you mean {near[0]}?" if near else "p, P, ctrl+r, f5, space or comma would be"
            return f"{id_}: '{plain(key, 40)}' is no key; {hint}"
        if normal(key) in SWALLOWED:
            return f"{id_}: {plain(key, 40)} does not come from a terminal as itself; another would be right"
    return ""
