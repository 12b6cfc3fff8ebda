"""The program that runs a module beside the dashboard: in the background, and no longer than the dashboard.

Started by `tui.aside` as `python -P -m tui.aside_program PARENT MODULE …`. A dashboard that is killed takes
nothing down by itself; the system ends this process with it.
"""

from __future__ import annotations

import runpy
import sys
from typing import TYPE_CHECKING

from galapagos.engine.pool.background import settle

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """Run a module of this program as `python -m` does.

    Args:
        arguments: The process id of the dashboard, the module, and what follows it on the command line.
    """
    parent, module, *rest = arguments
    settle(int(parent))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
