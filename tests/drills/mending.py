"""How each drill is mended: through the vault's client, as its panels do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from kvcsr_widgets.drills.issued import reply
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.chain import build
from kvcsr_widgets.pki.consumers import to_send
from kvcsr_widgets.pki.leaf import key_of
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.replies import read_as_one
from kvcsr_widgets.vault.records import Operation
from tests.drills import mending_more


def merge(scene: Scene, name: str, *filenames: str) -> None:
    """Merge files that lie on the desk, as the merge panel does."""
    merge_files(scene, name, [(each, scene.files[each]) for each in filenames])


def merge_files(scene: Scene, name: str, files: list[tuple[str, bytes]]) -> None:
    """Merge what is over the request's key, with the chain above it."""
    operation = scene.vault.operation(name)
    assert operation.csr is not None
    certificates = read_as_one(files).certificates
    leaf = next(each for each in certificates if key_of(each) == operation.csr.fingerprint)
    chain = build(leaf, certificates, datetime.now(UTC))
    scene.vault.merge(name, to_send(chain, operation.preserve_order))


def sign_and_merge(scene: Scene, operation: Operation) -> None:
    """Have a request signed, and merge the reply."""
    merge_files(scene, operation.name, [("reply.p7b", reply(scene, operation))])


def made_again(scene: Scene) -> None:
    sign_and_merge(scene, scene.vault.operation("shop-contoso-com"))


def new_version(name: str) -> Callable[[Scene], None]:
    """Make a new version from the current policy, with a new key, and have it signed."""

    def mend(scene: Scene) -> None:
        plan = replace(scene.vault.current(name).plan, reuse_key=False)
        sign_and_merge(scene, scene.vault.create(plan))

    return mend


def merging(name: str, *filenames: str) -> Callable[[Scene], None]:
    """Merge these files."""
    return lambda scene: merge(scene, name, *filenames)


def disabled(scene: Scene) -> None:
    merge(scene, "hr-contoso-com", "hr-contoso-com.p7b")
    scene.vault.set_enabled("wiki-contoso-com", enabled=True)


def comma(scene: Scene) -> None:
    subject = 'CN=pay.contoso.com, O="Contoso, Inc.", L=Redmond, C=US'
    scene.vault.create(CertificatePlan("pay-contoso-com", subject))


def name_dropped(scene: Scene) -> None:
    sign_and_merge(scene, scene.vault.operation("booking-contoso-com"))


def batch(scene: Scene) -> None:
    merge(scene, "east-contoso-com", "order-1516.pem")
    merge(scene, "west-contoso-com", "order-1516.pem")


MENDS: dict[str, Callable[[Scene], None]] = {
    "made-again": made_again,
    "forgotten-name": merging("cert-0411", "order-48151623.p7b"),
    "disabled": disabled,
    "comma": comma,
    "wrong-home": merging("web-2026", "www.contoso.com.p7b"),
    "csr-used": new_version("login-contoso-com"),
    "whole-chain": merging("portal-contoso-com", "portal-contoso-com.cer", "ca-certificates.p7b"),
    "chain-missing": new_version("gateway-contoso-com"),
    "wrong-intermediate": merging("api-contoso-com", "api-contoso-com.pem", "issuing-ca.cer"),
    "chain-order": new_version("proxy-contoso-com"),
    "no-item": merging("crm-contoso-com", "crm-contoso-com.p7b"),
    "root-first": merging("vpn-contoso-com", "vpn-contoso-com.pem"),
    "bad-tag": merging("store-contoso-com", "certnew-2.cer"),
    "name-dropped": name_dropped,
    "batch": batch,
} | mending_more.MENDS
"""By the drills' codes."""
