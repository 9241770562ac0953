"""The chain that a merge will send, as a picture, and what consumers will see of it."""

from __future__ import annotations

import datetime as dt

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.chain_picture import Node, Role, draw
from kvcsr_widgets.pki.consumers import seen, to_send

_DASHED = (Role.MISSING,)
_KINDS = {Role.MISSING: "look", Role.BROKEN: "fail"}


class ChainView(w.HTML):
    """Boxes from the leaf up to the root, or to the issuer that is missing."""

    def show(self, chain: Chain | None, pending_preserve_order: bool, now: dt.datetime) -> None:
        """Show a chain; None shows nothing. ``now`` (aware) tells what has expired."""
        shown = Markup("") if chain is None else _shown(chain, pending_preserve_order, now)
        layout.put(self, shown)


def _shown(chain: Chain, preserve_order: bool, now: dt.datetime) -> Markup:
    picture = draw(chain, now)
    boxes = [(_box(node), node.role in _DASHED) for node in picture.path]
    view = html.joined("The chain, from the leaf up", boxes)
    if picture.apart:
        view += html.apart("Not in the chain", map(_box, picture.apart))
    return view + _consumers(chain, preserve_order)


def _box(node: Node) -> Markup:
    text = Markup("<div>{}</div>")
    return html.box(
        node.role.value,
        node.name,
        *(html.muted(node.about) for _ in node.about[:1]),
        *(text.format(line) for line in node.lines),
        *(html.warning(mark) for mark in node.marks),
        *(html.copyable(address) for address in node.addresses),
        kind=_KINDS.get(node.role, "look" if node.marks else ""),
        dashed=node.role in _DASHED,
    )


def _consumers(chain: Chain, preserve_order: bool) -> Markup:
    found = seen(chain.leaf, to_send(chain, preserve_order), preserve_order)
    lines = Markup("").join(html.muted(each) for each in found.sentences)
    return Markup('<div style="margin-top:8px;max-width:48em">{}</div>').format(lines)
