"""Whatever is done to a library in whatever order, by two at once, it is what a dict would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.library_store.storage_files import (
    ERRORS,
    Crash,
    FakeDisk,
    Fault,
    document,
    ids,
    opened,
    refusal,
    tables_of,
)

if TYPE_CHECKING:
    from library_store.database import LibraryDatabase

IDS = st.sampled_from(["a", "b", "c", "d"])
TABLES = st.sampled_from(["elites", "removed"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(st.text(max_size=4), VALUES, max_size=3)


class StorageMachine(RuleBasedStateMachine):
    """Two handles on a disk that crashes and refuses, against a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, dict[str, dict[str, Any]]] = {}
        self.disk = FakeDisk()
        self.handles: list[LibraryDatabase] = []

    @initialize()
    def open(self) -> None:
        self.handles = [opened(self.disk, compact_bytes=300) for _ in range(2)]

    @rule(handle=st.integers(0, 1), table=TABLES, id=IDS, row=ROWS)
    def put(self, handle: int, table: str, id: str, row: dict[str, Any]) -> None:
        # Inserted or replaced, not updated, so that the dict knows what to expect.
        documents = self.handles[handle].table(table)
        with self.handles[handle].transaction():
            documents.remove(doc_ids=ids(id))
            documents.insert(document(id, row))
        self.model.setdefault(table, {})[id] = row

    @rule(handle=st.integers(0, 1), table=TABLES, id=IDS, fields=ROWS)
    def update(self, handle: int, table: str, id: str, fields: dict[str, Any]) -> None:
        self.handles[handle].table(table).update(fields, doc_ids=ids(id))
        if id in self.model.get(table, {}):
            self.model[table][id] = self.model[table][id] | fields

    @rule(handle=st.integers(0, 1), table=TABLES, id=IDS)
    def remove(self, handle: int, table: str, id: str) -> None:
        self.handles[handle].table(table).remove(doc_ids=ids(id))
        self.model.get(table, {}).pop(id, None)

    @rule(handle=st.integers(0, 1), id=IDS)
    def move(self, handle: int, id: str) -> None:
        database = self.handles[handle]
        row = database.table("elites").get(doc_id=id)  # type: ignore[call-overload]
        with database.transaction():
            if row is not None:
                database.table("elites").remove(doc_ids=ids(id))
                database.table("removed").upsert(row)
        if id in self.model.get("elites", {}):
            before = self.model.setdefault("removed", {}).get(id, {})
            self.model["removed"][id] = before | self.model["elites"].pop(id)

    @rule(handle=st.integers(0, 1))
    def compact(self, handle: int) -> None:
        self.handles[handle].compact()

    @rule(handle=st.integers(0, 1))
    def reopen(self, handle: int) -> None:
        self.handles[handle].close()
        self.handles[handle] = opened(self.disk, compact_bytes=300)

    @rule(handle=st.integers(0, 1), id=IDS, row=ROWS, step=st.integers(0, 25), seed=st.integers(0, 2**16))
    def crash(self, handle: int, id: str, row: dict[str, Any], step: int, seed: int) -> None:
        self.disk.crash_at = self.disk.steps + step
        new = {**self.model, "elites": {**self.model.get("elites", {}), id: row}}
        allowed = [self._told(self.model), self._told(new)]
        try:
            self.put(handle, "elites", id, row)
            allowed = [self._told(self.model)]
            self.handles[handle].compact()
        except Crash:
            pass
        self.disk = self.disk.after_crash(np.random.default_rng(seed))
        self.open()
        found = tables_of(self.handles[0])
        assert found in allowed
        self.model = found

    @rule(handle=st.integers(0, 1), id=IDS, row=ROWS, step=st.integers(0, 20), code=st.sampled_from(ERRORS))
    def refuse(self, handle: int, id: str, row: dict[str, Any], step: int, code: int) -> None:
        self.disk.fault = Fault(self.disk.steps + step, code)
        refusal(lambda: self.put(handle, "elites", id, row))
        self.disk.fault = None

    @invariant()
    def every_handle_knows_it_all(self) -> None:
        for handle in self.handles:
            assert tables_of(handle) == self._told(self.model)

    @staticmethod
    def _told(model: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, dict[str, Any]]]:
        return {name: dict(table) for name, table in model.items() if table}


class LongStorageMachine(StorageMachine):
    """The same for some minutes."""


TestStorageMachine = StorageMachine.TestCase
TestStorageMachine.settings = settings(max_examples=40, stateful_step_count=25)
TestLongStorageMachine = pytest.mark.slow(LongStorageMachine.TestCase)
TestLongStorageMachine.settings = settings(max_examples=2000, stateful_step_count=60)
