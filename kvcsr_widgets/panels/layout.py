"""Small pieces that look the same in every panel."""

from __future__ import annotations

from typing import TypeVar

import ipywidgets as w

from kvcsr_widgets.panels.style import INDENT, LABEL

W = TypeVar("W", bound=w.DOMWidget)


def wide() -> w.Layout:
    """The layout of a field; its margin of 2 px on both sides is not part of its width."""
    return w.Layout(width="min(calc(100% - 4px), 720px)")


def label_style() -> dict[str, str]:
    """The style of a field: labels in one column."""
    return {"description_width": LABEL}


def primary(text: str) -> w.Button:
    """A panel's one main button."""
    return w.Button(description=text, button_style="primary", layout=fitting())


def fitting() -> w.Layout:
    """The layout of a button: as wide as its text."""
    return w.Layout(width="auto", align_self="flex-start")


def flow() -> w.Layout:
    """The layout of what wraps, below the fields and not below their labels."""
    return w.Layout(flex_flow="row wrap", margin=f"0 0 0 {INDENT}")


def indented(widget: W) -> W:
    """A widget that stands below a field, and not below its label."""
    widget.add_class("kvcsr-indented")
    return widget


def put(place: w.HTML, said: str) -> None:
    """Show HTML; what stays is not sent to the browser again."""
    if place.value != said:
        place.value = str(said)


def put_away(widget: w.Widget) -> None:
    """Close a widget and all that is in it: the browser forgets them."""
    for child in getattr(widget, "children", ()):
        put_away(child)
    widget.close()


def say(button: w.Button, text: str) -> None:
    """Give a button its text; one that stays is not sent to the browser again."""
    if button.description != text:
        button.description = text
