"""Every card sends what is typed in it before what is pressed; tests/browser sees it at work."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.unsent import Unsent


def test_a_card_looks_after_the_texts_below_it() -> None:
    text = w.Text()
    card = Card("Title", "About", text)

    (unsent,) = (child for child in card.children if isinstance(child, Unsent))

    assert text in card.children
    assert unsent.root == card.model_id
    assert unsent.layout.display == "none"
