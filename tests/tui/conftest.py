"""What all tests of the dashboard share: a home of its own for each, and styles that are parsed once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

from tests.homes import make_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.css.model import RuleSet

_MOST_SOURCES = 4096


@pytest.fixture(autouse=True)
def _empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point GALAPAGOS_HOME at an empty directory."""
    monkeypatch.setenv("GALAPAGOS_HOME", str(make_home(tmp_path_factory.mktemp("home"))))


@pytest.fixture(scope="session", autouse=True)
def _styles_are_parsed_once() -> Iterator[None]:
    """Let every application under test begin with the rules that another one parsed of the same source.

    An application keeps what it parsed for itself alone; to parse it all again is a sixth of opening one.
    """
    parse = Stylesheet.parse

    @cache
    def parsed(_theme: tuple[tuple[str, str], ...]) -> LRUCache[tuple[object, ...], list[RuleSet]]:
        return LRUCache(_MOST_SOURCES)

    def parse_with_what_is_known(self: Stylesheet) -> None:
        own = self._parse_cache
        self._parse_cache = parsed(tuple(self._variables.items()))
        try:
            parse(self)
        finally:
            # It empties its own where the theme changes.
            self._parse_cache = own

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Stylesheet, "parse", parse_with_what_is_known)
        yield
