"""Text from data made fit to be stored and shown: one line, without anything a terminal would obey."""

import re

LIMIT = 200
"""The longest text that `plain` returns unless told otherwise, in characters."""

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours and cursor movements
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]{0,1000}(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, …
    r"|\x1b[ -/]*[0-~]"
)
_SPACE = re.compile(r"[\s\x85\u2028\u2029]+")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\u200b\u2060-\u2065\u206a-\u206f"  # what takes no room, so that two texts look the same
    "\ud800-\udfff"  # lone surrogates, which no file can hold
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # byte order mark, annotations, invisible tags
)


def plain(text: str, limit: int = LIMIT) -> str:
    """Return text as one line without control characters, escape sequences and turns of direction.

    Args:
        text: Anything that came from a file, a socket, a user or another program.
        limit: The most characters to return, at least 1; what is longer ends in an ellipsis.
    """
    # Bounded before the patterns run, so that hostile text costs no time; sequences take up to 1,000.
    text = _ESCAPE_SEQUENCE.sub("", text[: 8 * limit + 2000])
    # Twice, because spaces meet where something unseen stood between them.
    text = _SPACE.sub(" ", _UNSEEN.sub("", _SPACE.sub(" ", text))).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"
