"""How each drill is mended: through the vault's client, as its panels do it."""

from __future__ import annotations

from collections.abc import Callable

from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.signed import read_signed
from tests.drills import mending_more


def made_again(scene: Scene) -> None:
    name = "shop-contoso-com"
    csr = scene.vault.operation(name).csr
    assert csr is not None
    reply = scene.authority.sign(csr.der, days=90).file("p7b")
    scene.vault.merge(name, read_signed(reply).certificates)


MENDS: dict[str, Callable[[Scene], None]] = {"made-again": made_again} | mending_more.MENDS
"""By the drills' codes."""
