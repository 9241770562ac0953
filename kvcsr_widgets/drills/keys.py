"""Drills on the key that a certificate has to fit."""

from __future__ import annotations

from dataclasses import replace

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.issued import in_use_by_a_ca, is_open, issue, key, reply
from kvcsr_widgets.drills.looking import cancel, hand_over, judge_reply, plan
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.runbook.reading import request_of

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
    if in_use_by_a_ca(scene.vault, SHOP.name) is not None:
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

WEB, WEB_AGAIN = plan("www-contoso-com", "www.contoso.com"), plan("web-2026", "www.contoso.com")


def _stage_wrong_home(scene: Scene) -> None:
    """Two people made a request for the same host; the second CSR went to the CA."""
    scene.vault.create(WEB)
    sent = scene.vault.create(WEB_AGAIN)
    hand_over(scene, "www.contoso.com.p7b", reply(scene, sent), sent)


def _judge_wrong_home(scene: Scene) -> Verdict:
    found = judge_reply(scene, WEB_AGAIN.name, least=2)
    if found.mended and not is_open(scene.vault, WEB.name):
        return Verdict(
            False,
            "The reply is in use, but the other request, “www-contoso-com”, is gone: your "
            "colleague's CSR may be with a CA. Stage the drill again.",
        )
    return found


WRONG_HOME = Drill(
    code="wrong-home",
    title="The reply is for www.contoso.com, and “www-contoso-com” refuses it",
    story="www.contoso.com.p7b came from the CA. The vault has an open request "
    "“www-contoso-com” for that very host, but the merge ends with “The public key of the "
    "end-entity certificate in the specified X.509 certificate content does not match the public "
    "part of the specified private key”. Nobody has deleted anything.",
    task="Get the CA's reply into use without a new CSR, and destroy nobody's request.",
    diagnoses=(
        Diagnosis(
            "The request was deleted and made again, so the reply is worthless.",
            "That gives the same error. But here another open request has the key of this reply: "
            "look for its home before you ask the CA again.",
        ),
        Diagnosis(
            "The reply belongs to another open request for the same host.",
            "A host can be asked for twice. The reply belongs to the request whose key it has, "
            "whatever its subject says: here that is “web-2026”.",
            right=True,
        ),
        Diagnosis(
            "The subject or the names differ from what was asked for.",
            "The vault does not compare them at a merge. The only thing that it compares is the "
            "key.",
        ),
    ),
    lesson="A reply is at home where its key is. Names and subjects do not tell: let the home "
    "finder look.",
    tools=("MergePanel", "HomeFinder"),
    stage=_stage_wrong_home,
    judge=_judge_wrong_home,
    faq=("key-mismatch",),
    met_at=(
        "https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-signing-request",
    ),
)

REFUSED = """\
From: Certificate Services
Subject: Order 48151623 refused

The CSR used to get your certificate has already been used.
Please try to generate a new certificate with a new CSR.
"""

LOGIN = replace(plan("login-contoso-com", "login.contoso.com"), reuse_key=True)


def _stage_csr_used(scene: Scene) -> None:
    """The policy reuses the key; the CA refused the renewal's CSR, and it was cancelled."""
    first = issue(scene, LOGIN)
    scene.note("key", key(first))
    scene.vault.create(LOGIN)
    cancel(scene, LOGIN.name)
    scene.hand("mail-from-the-ca.txt", REFUSED.encode())


def _judge_csr_used(scene: Scene) -> Verdict:
    operation = request_of(scene.vault, LOGIN.name)
    found, old = in_use_by_a_ca(scene.vault, LOGIN.name), scene.notes["key"]
    if found is not None and key(found) != old:
        if scene.vault.policy(LOGIN.name).reuse_key:
            return Verdict(
                False, "The key is a new one, but the policy still reuses it: next year it fails."
            )
        return Verdict(True, "“login-contoso-com” has a new version over a new key.")
    if operation is not None and operation.csr and operation.csr.fingerprint != old:
        return Verdict(False, "The CSR has a new key now. Have it signed, and merge the reply.")
    return Verdict(
        False,
        "The newest request of “login-contoso-com” still has last year's key: the CA would "
        "refuse its CSR.",
    )


CSR_USED = Drill(
    code="csr-used",
    title="The CSR used to get your certificate has already been used",
    story="The certificate of “login-contoso-com” expires soon. You made a new version, downloaded "
    "its CSR, a new file with today's date, and sent it to the CA. The CA refused it by mail, and "
    "you cancelled the request.",
    task="Get a new version of “login-contoso-com” into use that the CA signs, this year and next "
    "year.",
    diagnoses=(
        Diagnosis(
            "You sent last year's file by mistake.",
            "The file is new, but a CA does not go by the file. It knows the public key in it "
            "from last year.",
        ),
        Diagnosis(
            "The policy reuses the key: each new CSR has the key of the first one.",
            "“Reuse key” is on, so every renewal asks for a certificate over the same key, and "
            "this CA takes a key once.",
            right=True,
        ),
        Diagnosis(
            "The old certificate has to be revoked before the CA signs a new one.",
            "Two certificates for a host may be valid side by side. Revoking the old one would "
            "only stop the service now.",
        ),
    ),
    lesson="Leave “reuse key” off, unless a partner pins your key: a renewal is the occasion for "
    "a new one.",
    tools=("RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_csr_used,
    judge=_judge_csr_used,
    faq=("csr-used",),
    met_at=("https://github.com/MicrosoftDocs/azure-docs/issues/55603",),
)

DRILLS = (MADE_AGAIN, WRONG_HOME, CSR_USED)
