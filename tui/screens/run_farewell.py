"""What stays on the terminal when a person leaves a run: how it stands, and how to come back, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.dashboard import Farewell
from tui.plain_content import plain_content
from tui.run_link import LinkState
from tui.run_terms import terms_of

if TYPE_CHECKING:
    from galapagos.engine.snapshot import Snapshot


def farewell_to(name: str, snapshot: Snapshot | None, link: LinkState) -> Farewell:
    """Return the last lines, and the exit code; a call that is to be copied has a line of its own.

    Args:
        name: Of the run, fit to be shown.
        snapshot: The last picture, if there was one.
        link: How the dashboard stands to the engine.
    """
    state = "starting" if snapshot is None else str(snapshot.state)
    if link is not LinkState.ENDED and state not in ("finished", "stopped", "failed"):
        return Farewell(f"{name} goes on without you; come back with\n  galapagos attach {name}")
    if state == "failed":
        reason = plain_content(snapshot.message).plain if snapshot else ""
        return Farewell(f"{name} failed: {reason}; go on with\n  galapagos resume {name}", 1)
    if state == "finished":
        number = "num_generations" if snapshot is None else terms_of(snapshot).number_of_steps
        return Farewell(f"{name} is finished; go on with\n  galapagos resume {name} --{number} N")
    return Farewell(f"{name} is stopped, with a checkpoint; go on with\n  galapagos resume {name}")
