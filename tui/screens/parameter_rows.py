"""How the editor words a parameter: its line in the list, its details, and what is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from galapagos.parameter_declarations import Change
from galapagos.plain_text import plain
from tui import formatting
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from galapagos.parameter_files import ParameterDescription
    from tui.parameter_edits import ParameterEdits
    from tui.parameter_history import ParameterChange
    from tui.run_terms import RunTerms

NAME_WIDTH = 29
EDITED, PENDING, DIFFERENT = "●", "◷", "≠"


def row(item: ParameterDescription, edits: ParameterEdits) -> Content:
    """Return the line of a parameter: what it is, what it will be, and what the file says otherwise."""
    name = item.name
    acting = shown_value(getattr(edits.acting, name))
    if name in edits.edits:
        mark, style = EDITED, "bold"
        value = f"{shown_value(edits.taken[name])} → {shown_value(edits.edits[name])}"
    elif name in edits.pending:
        mark, style = PENDING, "italic"
        value = f"{acting} → {shown_value(edits.pending[name])}"
    else:
        mark, style, value = DIFFERENT if edits.differs(name) else " ", "", acting
    if edits.reason_not_to_edit(name) or edits.reason_not_read(name):
        style = style or "dim"
    note = "fixed" if edits.reason_not_to_edit(name) else "not read" if edits.reason_not_read(name) else ""
    return Content.assemble(
        (f"{mark} {name:<{NAME_WIDTH}} ", style),
        (value, style or "bold"),
        (f" {item.unit}" if item.unit else "", "dim"),
        (f"  file {_of_file(name, edits)}" if edits.differs(name) else "", "$text-accent"),
        (f"  {note}" if note else "", "dim italic"),
    )


def details(
    item: ParameterDescription, edits: ParameterEdits, terms: RunTerms, last: ParameterChange | None = None
) -> Content:
    """Return help, range, default and standing of a parameter, and its last change where there was one."""
    changes = "never in a run" if item.change is Change.FIXED else str(item.change)
    lines = [
        Content(item.help),
        _fact("takes", f"{item.expected}{f', in {item.unit}' if item.unit else ''}"),
        _fact("by default", shown_value(item.defaults.get(edits.values["experiment"], item.default))),
        _fact("changes", changes),
    ]
    if edits.differs(item.name):
        lines.append(_fact("in the file", _of_file(item.name, edits)))
    if item.name in edits.pending:
        step = f"from the next {terms.step} on"
        lines.append(_fact("pending", f"{shown_value(edits.pending[item.name])} {step}"))
    if last is not None:
        by = f", by {plain(last.client, 40)}" if last.client else ""
        when = f"{terms.step} {formatting.whole(terms.number_of(last.generation))}{by}"
        lines.append(_fact("last change", f"{shown_value(last.old)} → {shown_value(last.new)} in {when}"))
    reason = edits.reason_not_to_edit(item.name) or edits.reason_not_read(item.name)
    if reason:
        lines.append(Content.styled(reason, "$text-warning"))
    return Content("\n").join(lines)


_TYPING = {
    "value": " enter takes the value, esc leaves it as it was",
    "search": " enter goes to what is found, esc shows everything again",
}
"""What can be done in a field, by its id."""


def options_of(items: Iterable[ParameterDescription], edits: ParameterEdits) -> list[Option]:
    """Return a line for each parameter, by its name, with a heading above each group."""
    options: list[Option] = []
    group = None
    for item in items:
        if item.group is not group:
            group = item.group
            options.append(Option(Content.styled(str(group), "bold $text-primary"), disabled=True))
        options.append(Option(row(item, edits), id=item.name))
    return options


def state_line(
    edits: ParameterEdits,
    generation: int,
    terms: RunTerms,
    *,
    starts: bool,
    only_changed: bool,
    field: str | None,
) -> Content:
    """Return what is edited, pending and different from the file, in one line; or what can be done.

    Args:
        edits: What is said of.
        generation: The one that is being evaluated.
        terms: How the run is told.
        starts: Whether they are those of a run to come.
        only_changed: Whether only parameters with changes are shown.
        field: The id of the field in which somebody types, None where nobody does.
    """
    if field in _TYPING:
        return Content.styled(_TYPING[field], "dim")
    parts = []
    if edits.edits:
        what = "a starts with them" if starts else "not applied: a applies all"
        parts.append((f" {EDITED} {len(edits.edits)} edited, {what} ", "bold $text-warning"))
    if edits.pending:
        until = f"{terms.step} {terms.number_of(generation + 1)}"
        parts.append((f" {PENDING} {len(edits.pending)} pending until {until} ", "$text-accent"))
    different = sum(edits.differs(name) for name in edits.taken)
    if different:
        parts.append((f" {DIFFERENT} {different} not as in the file ", "$text-accent"))
    if only_changed:
        parts.append((" only what is changed: c shows all ", "bold"))
    hint = " enter edits a value, a starts it as it is" if starts else " enter edits a value"
    return Content.assemble(*parts) if parts else Content.styled(hint, "dim")


def shown_value(value: object) -> str:
    """Return a value as a person reads it: `automatic` where it is left to the program."""
    return plain(as_text(value), 60) or ("automatic" if value is None else "empty")


def _of_file(name: str, edits: ParameterEdits) -> str:
    return shown_value(getattr(edits.file, name))


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name:<12}", "dim"), value)
