"""How the editor words a parameter: its line in the list, its details, and what is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from galapagos.parameter_declarations import Change
from galapagos.plain_text import plain
from tui.value_text import as_text

if TYPE_CHECKING:
    from galapagos.parameter_files import ParameterDescription
    from tui.parameter_edits import ParameterEdits
    from tui.run_terms import RunTerms

NAME_WIDTH = 29
EDITED, PENDING = "●", "◷"


def row(item: ParameterDescription, edits: ParameterEdits) -> Content:
    """Return the line of a parameter: what it is, and what it will be."""
    name = item.name
    acting = _shown(getattr(edits.acting, name))
    if name in edits.edits:
        mark, style = EDITED, "bold"
        value = f"{_shown(edits.taken[name])} → {_shown(edits.edits[name])}"
    elif name in edits.pending:
        mark, style = PENDING, "italic"
        value = f"{acting} → {_shown(edits.pending[name])}"
    else:
        mark, style, value = " ", "", acting
    if edits.reason_not_to_edit(name) or edits.reason_not_read(name):
        style = style or "dim"
    note = "fixed" if edits.reason_not_to_edit(name) else "not read" if edits.reason_not_read(name) else ""
    return Content.assemble(
        (f"{mark} {name:<{NAME_WIDTH}} ", style),
        (value, style or "bold"),
        (f" {item.unit}" if item.unit else "", "dim"),
        (f"  {note}" if note else "", "dim italic"),
    )


def details(item: ParameterDescription, edits: ParameterEdits, terms: RunTerms) -> Content:
    """Return help, range, default and standing of a parameter."""
    lines = [
        Content(item.help),
        _fact("takes", f"{item.expected}{f', in {item.unit}' if item.unit else ''}"),
        _fact("by default", _shown(item.default)),
        _fact("changes", "never in a run" if item.change is Change.FIXED else str(item.change)),
    ]
    if item.name in edits.pending:
        lines.append(_fact("pending", f"{_shown(edits.pending[item.name])} from the next {terms.step} on"))
    reason = edits.reason_not_to_edit(item.name) or edits.reason_not_read(item.name)
    if reason:
        lines.append(Content.styled(reason, "$text-warning"))
    return Content("\n").join(lines)


def state_line(edits: ParameterEdits, generation: int, terms: RunTerms) -> Content:
    """Return what is edited and what is pending, in one line."""
    parts = []
    if edits.edits:
        parts.append(
            (f" {EDITED} {len(edits.edits)} edited, not applied: a applies all ", "bold $text-warning")
        )
    if edits.pending:
        until = f"{terms.step} {terms.number_of(generation + 1)}"
        parts.append((f" {PENDING} {len(edits.pending)} pending until {until} ", "$text-accent"))
    return Content.assemble(*parts) if parts else Content.styled(" enter edits a value", "dim")


def _shown(value: object) -> str:
    return plain(as_text(value), 60) or ("automatic" if value is None else "empty")


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name:<11}", "$text-muted"), value)
