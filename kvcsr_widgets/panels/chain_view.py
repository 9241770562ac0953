"""The chain that a merge will send, as a picture, and what consumers will see of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.chain_picture import ABOUT, Node, Role, draw
from kvcsr_widgets.pki.consumers import Seen, seen

MAX_APART = 10
"""Certificates that are shown in each group beside the chain; of the rest only the number."""


class ChainView(w.HTML):
    """Boxes from the leaf up to the root, or to the issuer that is missing."""

    def show(
        self,
        chain: Chain | None,
        now: dt.datetime,
        *,
        preserve_order: bool,
        practice: bool = False,
    ) -> None:
        """Show a chain; None shows nothing. ``now`` (aware) tells what has expired.

        ``preserve_order`` is how the request was made, ``practice`` whether it is one of the
        practice vault.
        """
        if chain is None:
            layout.put(self, Markup(""))
        else:
            told = _consumers(chain, preserve_order=preserve_order, practice=practice)
            layout.put(self, _picture(chain, now) + told)


def _picture(chain: Chain, now: dt.datetime) -> Markup:
    picture = draw(chain, now)
    alone = len(chain.certificates) == 1
    boxes = ((_box(node, alone=alone), node.role is Role.MISSING) for node in picture.path)
    view = html.joined("The chain, from the leaf up", "issued by", boxes)
    for role, nodes in groupby(picture.apart, lambda node: node.role):
        view += html.apart(role.value, ABOUT[role], _entries(list(nodes)))
    return view


def _box(node: Node, *, alone: bool) -> Markup:
    missing = node.role is Role.MISSING
    return html.box(
        node.role.value,
        node.name,
        *(html.muted(text) for text in (node.facts, node.about) if text),
        *map(html.warning, node.marks),
        *map(html.copyable, node.addresses),
        kind="look" if node.marks or (missing and alone) else "",
        dashed=missing,
    )


def _entries(nodes: list[Node]) -> Iterator[Markup]:
    for node in nodes[:MAX_APART]:
        text = html.muted(f"Issued by {node.issuer}; {node.facts}")
        kind = "fail" if node.role is Role.BROKEN else ""
        yield html.entry(node.name, text, *map(html.warning, node.marks), kind=kind)
    if len(nodes) > MAX_APART:
        yield html.entry(f"… and {len(nodes) - MAX_APART} more")


def _consumers(chain: Chain, *, preserve_order: bool, practice: bool) -> Markup:
    """Two orders, how they are known, what to watch out for most, and the other way of asking."""

    def of(setting: bool) -> Seen:
        return seen(chain, setting, practice=practice)

    found = of(preserve_order)
    lines = [*found.sentences, *([found.risk.text] if found.risk else [])]
    if len(chain.certificates) > 1:
        other = "Without" if preserve_order else "With"
        lines.append(f"{other} preserve order, {of(not preserve_order).in_short}")
    inner = Markup("").join(map(html.muted, lines))
    return Markup('<div style="margin-top:10px;max-width:48em">{}</div>').format(inner)
