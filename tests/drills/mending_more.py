"""How the drills on requests, policies, renewals and vaults are mended, through the client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.policies import FILES, ISSUER, MX, ORDERS, WWW
from kvcsr_widgets.drills.renewals import GATEWAY, INTRANET, STATUS
from kvcsr_widgets.drills.requests import BILLING, MAIL, NEW, OLD, PAY, VPN
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.drills.vaults import BARE, PORTAL, QUARTER, SOUGHT
from kvcsr_widgets.errors import BusyError
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.vault.contacts import Contact


def cancel(scene: Scene, name: str) -> None:
    """Cancel a request and wait until it is."""
    scene.vault.cancel(name)
    scene.clock.advance(10)


def sign_and_merge(scene: Scene, name: str) -> None:
    """Have the open request signed, and merge the reply with its chain."""
    issued.merge(scene, name, issued.reply(scene, scene.vault.operation(name)))


def merge_handed(scene: Scene, name: str, filename: str = "") -> None:
    """Merge a file that the reader got."""
    issued.merge(scene, name, scene.files[filename or f"{name}.p7b"])


def open_request(scene: Scene) -> None:
    cancel(scene, PAY.name)
    scene.vault.create(replace(PAY, names=Names(dns=(OLD, NEW))))


def created_none(scene: Scene) -> None:
    sign_and_merge(scene, BILLING.name)


def cancelled_meanwhile(scene: Scene) -> None:
    merge_handed(scene, VPN.name)


def lost_answer(scene: Scene) -> None:
    merge_handed(scene, MAIL[1].name)


def dotted_name(scene: Scene) -> None:
    scene.vault.create(replace(WWW, name="www-contoso-com"))


def dropped_names(scene: Scene) -> None:
    scene.vault.delete_operation(FILES.name)
    scene.vault.create(FILES)


def policy_shape(scene: Scene) -> None:
    scene.vault.create(MX)


def issuer_rejects(scene: Scene) -> None:
    known = scene.vault.issuers.get(ISSUER)
    scene.vault.issuers.change(known, known, "a-new-key")
    scene.vault.create(ORDERS)


def self_signed_renewal(scene: Scene) -> None:
    scene.vault.create(INTRANET)
    sign_and_merge(scene, INTRANET.name)


def nobody_told(scene: Scene) -> None:
    scene.vault.contacts.put([Contact("pki@contoso.com")], ())
    scene.vault.create(replace(STATUS, lifetime_action=None))
    sign_and_merge(scene, STATUS.name)


def not_exportable(scene: Scene) -> None:
    scene.vault.create(replace(GATEWAY, exportable=True))
    sign_and_merge(scene, GATEWAY.name)


def second_page(scene: Scene) -> None:
    merge_handed(scene, SOUGHT, "reply.p7b")


def chain_unread(scene: Scene) -> None:
    scene.vault.create(scene.vault.policy(BARE))
    sign_and_merge(scene, BARE)


def name_deleted(scene: Scene) -> None:
    scene.vault.deleted.recover(PORTAL.name)


def throttled(scene: Scene) -> None:
    for _try in range(3):
        try:
            merge_handed(scene, QUARTER.name)
        except BusyError:
            continue
        return


MENDS: dict[str, Callable[[Scene], None]] = {
    mend.__name__.replace("_", "-"): mend
    for mend in (
        open_request,
        created_none,
        cancelled_meanwhile,
        lost_answer,
        dotted_name,
        dropped_names,
        policy_shape,
        issuer_rejects,
        self_signed_renewal,
        nobody_told,
        not_exportable,
        second_page,
        chain_unread,
        name_deleted,
        throttled,
    )
}
"""By the drills' codes."""
