"""Small pieces that look the same in every panel."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets.panels import html

_LABEL = {"description_width": "150px"}


def wide() -> w.Layout:
    """The layout of a field; its margin of 2 px on both sides is not part of its width."""
    return w.Layout(width="min(calc(100% - 4px), 720px)")


def label_style() -> dict[str, str]:
    """The style of a field: labels in one column."""
    return dict(_LABEL)


def title(text: str, explanation: str = "") -> w.HTML:
    """A panel's head."""
    return w.HTML(html.heading(text, explanation))


def primary(text: str) -> w.Button:
    """A panel's one main button."""
    return w.Button(description=text, button_style="primary", layout=fitting())


def fitting() -> w.Layout:
    """The layout of a button: as wide as its text."""
    return w.Layout(width="auto", align_self="flex-start")


def card(*children: w.Widget) -> w.VBox:
    """A panel's frame."""
    return w.VBox(
        children,
        layout=w.Layout(
            border="1px solid var(--jp-border-color2)",
            padding="12px",
            width="100%",
            max_width="960px",
        ),
    )


def put(place: w.HTML, said: str) -> None:
    """Show HTML; what stays is not sent to the browser again."""
    if place.value != said:
        place.value = str(said)
