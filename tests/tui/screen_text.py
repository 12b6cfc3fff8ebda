"""What a person would read on the screen of an app under test, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.geometry import Region

if TYPE_CHECKING:
    from textual.app import App
    from textual.strip import Strip
    from textual.widget import Widget


def screen_lines(app: App[Any]) -> list[str]:
    """Return the lines of the whole screen, without the spaces at their ends."""
    return [strip.text.rstrip() for strip in screen_strips(app)]


def screen_strips(app: App[Any]) -> list[Strip]:
    """Return the lines of the whole screen with their styles, as the caches of the widgets have them."""
    return app.screen._compositor.render_strips()


def widget_lines(widget: Widget) -> list[str]:
    """Return the lines of one widget, border included, without the spaces at their ends."""
    return [strip.text.rstrip() for strip in widget_strips(widget)]


def widget_strips(widget: Widget) -> list[Strip]:
    """Return the lines of one widget with their styles, as its caches have them."""
    return widget.render_lines(Region(0, 0, *widget.outer_size))


def fresh_strips(widget: Widget) -> list[Strip]:
    """Return the lines of one widget drawn anew, without anything that a cache kept."""
    widget._styles_cache.clear()
    widget.notify_style_update()
    return widget_strips(widget)


def refreshed_rows(widget: Widget) -> set[int]:
    """Return the rows of a widget that wait to be painted."""
    return {row for region in widget._repaint_regions for row in region.line_range}
