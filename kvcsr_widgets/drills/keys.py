"""Drills on the key that a certificate has to fit."""

from __future__ import annotations

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice

SHOP = CertificatePlan(
    "shop-contoso-com",
    "CN=shop.contoso.com",
    names=Names(dns=("shop.contoso.com",)),
    key=KeyChoice.EC_P256,
)


def _stage_made_again(scene: Scene) -> None:
    """The CSR went to the CA, then the request was deleted and made again."""
    sent = scene.vault.create(SHOP)
    assert sent.csr is not None
    scene.hand("shop-contoso-com.p7b", scene.authority.sign(sent.csr.der, days=90).file("p7b"))
    scene.vault.delete_operation(SHOP.name)
    scene.note("first", sent.csr.fingerprint)
    scene.vault.create(SHOP)


def _judge_made_again(scene: Scene) -> Verdict:
    request = scene.vault.operation(SHOP.name)
    if request.status is Status.COMPLETED:
        return Verdict(True, "“shop-contoso-com” holds a certificate over the key of its new CSR.")
    return Verdict(
        False,
        "“shop-contoso-com” still waits: have the CSR signed that the vault holds now, and merge "
        "that reply.",
    )


MADE_AGAIN = Drill(
    code="made-again",
    title="The public key of the end-entity certificate does not match the specified private key",
    story="You sent the CSR of “shop-contoso-com” to the CA on Monday. On Tuesday a colleague "
    "found the request disabled, took it for broken, deleted it and made it again. Today the "
    "CA's reply came: shop-contoso-com.p7b. The portal refuses it.",
    task="Get an enabled certificate “shop-contoso-com” into the vault.",
    diagnoses=(
        Diagnosis(
            "The CA signed with the wrong key.",
            "The CA puts the key of the CSR that it got into the certificate. It got Monday's.",
        ),
        Diagnosis(
            "The reply is over the key of Monday's request, which the deletion destroyed.",
            "Each new CSR has a key of its own. Monday's is gone for good, and with it any use of "
            "this reply.",
            right=True,
        ),
        Diagnosis(
            "The file has the wrong format: it has to be .cer.",
            "The file can be read. What it holds does not fit: a format changes no key.",
        ),
    ),
    lesson="A certificate fits the one CSR that it was made from. Do not delete a request whose "
    "CSR is with a CA: disabled means that it waits.",
    tools=("MergePanel", "SignPanel"),
    stage=_stage_made_again,
    judge=_judge_made_again,
    faq=("key-mismatch",),
)

DRILLS = (MADE_AGAIN,)
