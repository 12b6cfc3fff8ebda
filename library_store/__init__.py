"""The library: saved elites that are kept for ever, and come back.

from library_store import Library

library = Library()
library.put(elite, name="balances", tags=["robust"])     # an elite of `run.selection.get_all()`
library.get(elite.id).genome                             # for `run.selection.put_unevaluated`
library.get_all(); library.search("task:CartPole fitness>=700"); library.remove(elite.id)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from library_store.entry import Entry
    from library_store.library import Library
    from library_store.query import Query

__all__ = ["Entry", "Library", "Query"]

_HOMES = {"Entry": "entry", "Library": "library", "Query": "query"}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOMES:
        raise AttributeError(f"module 'library_store' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"library_store.{_HOMES[name]}"), name)
