"""Text from data as something to show."""

from __future__ import annotations

from textual.content import Content

from galapagos.plain_text import LIMIT, plain


def plain_content(text: str, style: str = "", limit: int = LIMIT) -> Content:
    """Return text from data as content: never parsed as markup, without control characters."""
    return Content.styled(plain(text, limit), style) if style else Content(plain(text, limit))
