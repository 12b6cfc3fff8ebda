"""The one line under the header that says what a person should know about the state of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import formatting
from tui.run_link import LinkState
from tui.run_terms import terms_of

if TYPE_CHECKING:
    from galapagos.engine.snapshot import Snapshot


def notice_of(
    link: LinkState,
    snapshot: Snapshot | None,
    *,
    reason: str,
    readonly: bool,
    resuming: bool,
    silence: float = 0.0,
) -> tuple[str, str]:
    """Return the line, empty where all is as usual, and its kind: `-plain`, `-warning` or `-error`.

    Args:
        link: How the dashboard stands to the engine.
        snapshot: The last picture, if there was one.
        reason: Why the connection is as it is, or empty.
        readonly: Whether commands are refused here.
        resuming: Whether an engine is being started.
        silence: Seconds since the last picture.
    """
    message = f": {snapshot.message}" if snapshot is not None and snapshot.message else ""
    state = None if snapshot is None else str(snapshot.state)
    if resuming:
        return "starting the engine again from its checkpoint …", "-plain"
    if state == "failed":
        return f"the run failed{message}", "-error"
    if link is LinkState.ENDED:
        return _ended(state, reason, readonly=readonly), "-warning"
    if link is LinkState.LOST:
        age = f"{formatting.ago(silence)} ago"
        return f"connection lost, trying again … last news {age}{_more(reason)}", "-error"
    if snapshot is None:
        return "connecting to the engine …", "-plain"
    return _connected(snapshot, message, readonly=readonly)


def _ended(state: str | None, reason: str, *, readonly: bool) -> str:
    ways = "q leaves" if readonly else "r goes on from its checkpoint, q leaves"
    if state == "finished":
        return "the run is finished and its engine has ended; q leaves"
    if state == "stopped":
        return f"the run is stopped, with a checkpoint; {ways}"
    return f"this run has no engine now; {ways}{_more(reason)}"


def _connected(snapshot: Snapshot, message: str, *, readonly: bool) -> tuple[str, str]:
    state = str(snapshot.state)
    if state == "finished":
        return f"finished{message}; raise {terms_of(snapshot).number_of_steps} (e) to go on", "-plain"
    if state == "paused" and message:
        return f"paused{message}; space tries again", "-warning"
    if state == "paused":
        return f"paused; {_waiting(snapshot)}space goes on", "-warning"
    if snapshot.notices:
        return snapshot.notices[0], "-warning"
    if state.startswith("compiling"):
        return "compiling kernels, once on this machine: the first generation waits for it", "-plain"
    if readonly:
        return "read only: this dashboard looks, and commands nothing", "-plain"
    return "", "-plain"


def _waiting(snapshot: Snapshot) -> str:
    """Return in words what acts when a paused run goes on."""
    count = len(snapshot.pending)
    if not count:
        return ""
    return f"{count} change{'s act' if count > 1 else ' acts'} when it goes on, and "


def _more(reason: str) -> str:
    return f" ({reason})" if reason else ""
