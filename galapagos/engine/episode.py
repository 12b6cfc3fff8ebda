"""The program that plays episodes to be watched: in the background, until its input ends.

Started as `python -P -m galapagos.engine.episode PARENT`, with lines of `episodes.protocol` on its input and
lines of `episodes.news` on its output.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from galapagos.engine.pool.background import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADLESS = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
"""What environments that draw need where there is no display."""


def main(arguments: Sequence[str]) -> int:
    """Play what is asked for.

    Args:
        arguments: The process id of whoever watches; the process ends with it.

    Returns:
        The exit status: 0 when the input ended or nobody reads, 1 where it could not go on.
    """
    (parent,) = arguments
    settle(int(parent))
    os.environ.update(_HEADLESS)
    # What an environment prints is not for whoever reads the news.
    news = os.dup(1)
    os.dup2(2, 1)
    from galapagos.engine.episodes.service import serve

    with contextlib.suppress(BrokenPipeError):
        return serve(0, news)
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    # The thread of the curve may be inside a compiled loop, which nothing interrupts.
    os._exit(status)
