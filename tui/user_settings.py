"""A person's settings, `config.yaml`: keys, theme, plain characters, mouse, frames a second.

Whatever is wrong with the file is a line to be shown; the rest of it is taken, and nothing is raised. It is
read before textual is imported, so names of keys, themes and bindings are checked later (`tui.keymap`,
`tui.themes`).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from galapagos.home import config_home
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yaml import Node

FILE_NAME = "config.yaml"
NAMES = ("keys", "theme", "ascii", "mouse", "refresh")
MAX_BYTES = 65_536
MOST_FRAMES = 120
MOST_PROBLEMS = 20
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class KeyWish:
    """The keys that somebody wants for a binding: names or characters with commas between, and the line."""

    keys: str
    line: int


@dataclass(frozen=True, slots=True)
class UserSettings:
    """What `config.yaml` says.

    Args:
        keys: What is wanted by the id of a binding, in the order of the file.
        theme: The name of a theme; empty for the usual one.
        ascii_only: Whether to draw in plain characters; None to decide by the terminal.
        mouse: Whether the mouse is used from the start; without it the terminal selects text.
        refresh: Frames a second, from 1 to 120; None to decide by the connection.
        problems: What is wrong with the file, a line each: `file:line: what is wrong; what would be right`.
        place: The file, as it is called in such a line.
        theme_line: Where the theme is named, from 1.
    """

    keys: Mapping[str, KeyWish] = field(default_factory=dict)
    theme: str = ""
    ascii_only: bool | None = None
    mouse: bool = False
    refresh: int | None = None
    problems: tuple[str, ...] = ()
    place: str = FILE_NAME
    theme_line: int = 1


def settings_path() -> Path:
    """Return where the settings are, whether or not the file is there."""
    return config_home() / FILE_NAME


def read_settings(path: Path | None = None) -> UserSettings:
    """Return the settings of a file, by default the person's own; without a file those of the program."""
    path = settings_path() if path is None else path
    place = plain(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return UserSettings(place=place)
    except OSError as error:
        line = f"{place}: {error.strerror or error}; a file that can be read would be right"
        return UserSettings(place=place, problems=(line,))
    return _Reader(place).read(data)


def remember(name: str, value: str, path: Path | None = None) -> str:
    """Write one setting into the file, every other line of which stays as it is.

    Args:
        name: `theme`, `ascii`, `mouse` or `refresh`.
        value: As it stands in the file.
        path: The file, by default the person's own; it is made where it is not there.

    Returns:
        Empty, or a line that says why it could not be remembered.
    """
    from galapagos.engine.files.atomic_files import atomic_write

    path = settings_path() if path is None else path
    place = plain(str(path))
    try:
        old = path.read_bytes() if path.exists() else b""
        before = _Reader(place).read(old)
        new = _with_line(old.decode("utf-8-sig"), name, value)
        after = _Reader(place).read(new.encode())
        spoilt = len(after.problems) > len(before.problems) or _others(name, after) != _others(name, before)
        if spoilt or (name == "theme" and after.theme != value):
            return f"{name} is not remembered: {place} needs a person; write {name}: {value} there"
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, new.encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        return f"{name} is not remembered: {place}: {reason}"
    return ""


def _others(name: str, settings: UserSettings) -> dict[str, object]:
    """Return what settings say beside one of them."""
    said: dict[str, object] = {
        "theme": settings.theme,
        "ascii": settings.ascii_only,
        "mouse": settings.mouse,
        "refresh": settings.refresh,
        "keys": {binding: wish.keys for binding, wish in settings.keys.items()},
    }
    del said[name]
    return said


def _with_line(text: str, name: str, value: str) -> str:
    line = f"{name}: {value}"
    changed, count = re.subn(
        rf"^{name}[ \t]*:[^\n#]*?(?=[ \t]*(#[^\n]*)?\r?$)", lambda _: line, text, flags=re.MULTILINE
    )
    if count:
        return changed
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"


class _Reader:
    """Reads one file; problems gather on the way."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._problems: list[tuple[int, str]] = []

    def read(self, data: bytes) -> UserSettings:
        entries = self._entries(data)
        theme, line = self._text("theme", entries)
        return UserSettings(
            keys=self._keys(entries.get("keys")),
            theme=theme,
            ascii_only=self._switch("ascii", entries, also="auto"),
            mouse=self._switch("mouse", entries) or False,
            refresh=self._refresh(entries),
            problems=self._lines(),
            place=self._place,
            theme_line=line,
        )

    def _lines(self) -> tuple[str, ...]:
        lines = [f"{self._place}:{line}: {text}" for line, text in sorted(self._problems)]
        more = len(lines) - MOST_PROBLEMS
        return (*lines[:MOST_PROBLEMS], *([f"{self._place}: {more} problems more"] if more > 0 else []))

    def _wrong(self, line: int, text: str) -> None:
        self._problems.append((line, text))

    def _entries(self, data: bytes) -> dict[str, Node]:
        root = self._parsed(data)
        if root is None:
            return {}
        entries = self._mapping(root, "lines of `name: value` would be right")
        for name, (_, line) in list(entries.items()):
            if name not in NAMES:
                near = difflib.get_close_matches(name, NAMES, n=1)
                hint = f"did you mean {near[0]}?" if near else f"{', '.join(NAMES)} are settings"
                self._wrong(line, f"{_shown(name)} is no setting; {hint}")
                del entries[name]
        return {name: node for name, (node, _) in entries.items()}

    def _parsed(self, data: bytes) -> Node | None:
        import yaml

        if len(data) > MAX_BYTES:
            self._wrong(1, f"the file has more than {MAX_BYTES} bytes; it should be smaller")
            return None
        try:
            # Nodes are composed and never constructed: no tag does anything, and no alias grows.
            return yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._wrong(line, "this is not UTF-8 text; save it as UTF-8")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = plain(error.problem or error.context or "it cannot be parsed", _LONGEST)
            self._wrong(
                mark.line + 1 if mark else 1, f"not YAML: {what}; lines of `name: value` would be right"
            )
        except yaml.reader.ReaderError:
            self._wrong(1, "a control character stands in the file; remove it")
        except RecursionError:
            self._wrong(1, "this is nested too deeply; lines of `name: value` would be right")
        return None

    def _mapping(self, node: Node, right: str) -> dict[str, tuple[Node, int]]:
        import yaml

        found: dict[str, tuple[Node, int]] = {}
        if isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~"):
            return found
        if not isinstance(node, yaml.MappingNode):
            self._wrong(_line(node), f"this is no mapping; {right}")
            return found
        for key, value in node.value:
            line = _line(key)
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(line, f"a name must be a plain word; {right}")
            elif key.value in found:
                first = found[key.value][1]
                self._wrong(line, f"{_shown(key.value)} stands here again (first on line {first}); keep one")
            else:
                found[key.value] = (value, line)
        return found

    def _text(self, name: str, entries: Mapping[str, Node]) -> tuple[str, int]:
        import yaml

        node = entries.get(name)
        if node is None:
            return "", 1
        if isinstance(node, yaml.ScalarNode):
            return plain(str(node.value), _LONGEST), _line(node)
        self._wrong(_line(node), f"{name}: a list or a mapping; one word would be right")
        return "", _line(node)

    def _switch(self, name: str, entries: Mapping[str, Node], also: str = "") -> bool | None:
        text, line = self._text(name, entries)
        if text.lower() in _SWITCHES:
            return _SWITCHES[text.lower()]
        if name in entries and (not also or text != also):
            words = f"true, false or {also}" if also else "true or false"
            self._wrong(line, f"{name}: {_shown(text)} is no switch; {words} would be right")
        return None

    def _refresh(self, entries: Mapping[str, Node]) -> int | None:
        text, line = self._text("refresh", entries)
        if "refresh" not in entries or text == "auto":
            return None
        if text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_FRAMES:
            return int(text)
        right = f"frames a second, from 1 to {MOST_FRAMES}, or auto, would be right"
        self._wrong(line, f"refresh: {_shown(text)}; {right}")
        return None

    def _keys(self, node: Node | None) -> dict[str, KeyWish]:
        if node is None:
            return {}
        wishes = {}
        right = 'keys: {run.pause: "p,space"} would be right'
        for name, (value, line) in self._mapping(node, right).items():
            keys = _key_texts(value)
            if keys is None or not all(keys):
                self._wrong(line, f"{_shown(name)}: has no keys; names with commas between would be right")
            else:
                wishes[plain(name, _LONGEST)] = KeyWish(",".join(keys), line)
        return wishes


def _key_texts(node: Node) -> list[str] | None:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return [key.strip() for key in str(node.value).split(",")]
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return [str(item.value).strip() for item in node.value] or None
    return None


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1


def _shown(text: str) -> str:
    return f"'{plain(text, 40)}'"
