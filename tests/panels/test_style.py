"""The look that all panels share: the theme's colours, one main button, labels that make room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets import Widget

from kvcsr_widgets import panels
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.style import LABEL, STYLE
from tests.screenshots.scenes import SCENES, Scene

SOURCES = Path(panels.__file__).parent
FILES_OF_THEIR_OWN = {"report_style.py", "figures.py"}
"""A report and its pictures are opened outside JupyterLab, where no theme gives a colour."""

FALLBACK = re.compile(r"var\(--jp-[a-z0-9-]+,\s*#[0-9a-f]{3,8}\)")
"""What a saved picture falls back on where there is no theme."""

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|%23[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(|"
    r"(?:color|background|border|fill|stroke)[a-z-]*[:=][^;{}]*"
    r"\b(?:white|black|red|green|blue|yellow|orange|gr[ae]y)\b",
    re.IGNORECASE,
)

TALLEST = 460
"""Pixels of a card below which labels stand above their fields."""


@pytest.mark.parametrize(
    "path",
    sorted(p for p in SOURCES.iterdir() if p.suffix in {".py", ".css", ".js"}),
    ids=lambda path: path.name,
)
def test_a_panel_has_the_themes_colours_alone(path: Path) -> None:
    text = FALLBACK.sub("", path.read_text(encoding="utf-8"))

    found = [each[0] for each in COLOUR.finditer(text)]

    assert bool(found) == (path.name in FILES_OF_THEIR_OWN), found


@pytest.mark.parametrize(
    "text", ["color:#fff", "fill='%23e0e0e0'", "rgba(1, 2, 3, 0.5)", "background: white;"]
)
def test_a_colour_of_ones_own_would_be_found(text: str) -> None:
    assert COLOUR.search(text)


@pytest.mark.parametrize("text", ["color:var(--jp-ui-font-color1)", "the red one", "a#b"])
def test_what_is_no_colour_is_let_pass(text: str) -> None:
    assert not COLOUR.search(text)


def test_nothing_of_the_style_is_fetched() -> None:
    assert "url(" not in STYLE
    assert "http" not in STYLE
    assert "@import" not in STYLE


def test_labels_make_room_where_a_card_is_narrow() -> None:
    assert layout.label_style()["description_width"] == LABEL
    narrow = STYLE.partition(f"@container kvcsr-card (max-width: {TALLEST}px)")[2]
    assert f'.widget-label[style*="{LABEL}"]' in narrow
    assert "--kvcsr-indent: 0px" in narrow


def test_a_card_brings_its_style_and_is_found_by_it() -> None:
    card = Card("Title", "What for.")

    assert "kvcsr-card" in card._dom_classes
    assert str(STYLE) in card.head.value


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_card_has_one_main_button(scene: Scene, tmp_path: Path) -> None:
    panel = scene.make(tmp_path)

    shown = [widget for widget in below(panel.card) if is_main(widget)]

    assert len(shown) <= 1, [widget.description for widget in shown]


def below(widget: Widget) -> Iterator[Widget]:
    """What is shown in a card; a card in it counts its own buttons."""
    if widget.layout.display == "none":
        return
    for each in getattr(widget, "children", ()):
        if not isinstance(each, Card):
            yield each
            yield from below(each)


def is_main(widget: Widget) -> bool:
    if getattr(widget, "primary", False):
        return True
    shown = widget.layout.display != "none"
    return shown and getattr(widget, "button_style", "") == "primary"
