"""Drills on files of a CA that one tool cannot read, and that are good all the same."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.looking import NOT_EXPORTABLE, hand_over, judge_reply, plan, signed, wrong
from kvcsr_widgets.drills.scene import Scene

CRM = plan("crm-contoso-com", "crm.contoso.com")


def _stage_p7b(scene: Scene) -> None:
    """A .p7b as text came, and a colleague took the leaf out of it."""
    sent = scene.vault.create(CRM)
    certificates = signed(scene, sent)
    scene.hand("crm-leaf.cer", certificates[0].public_bytes(Encoding.DER))
    whole = pkcs7.serialize_certificates(list(certificates), Encoding.PEM)
    hand_over(scene, "crm-contoso-com.p7b", whole, sent)


def _judge_p7b(scene: Scene) -> Verdict:
    return judge_reply(scene, CRM.name, least=2)


NO_ITEM = Drill(
    code="no-item",
    title="Property x5c has invalid value X5C must has at least one valid item",
    story="The CA sent crm-contoso-com.p7b. “az keyvault certificate pending merge --file "
    "crm-contoso-com.p7b” and Azure PowerShell answer the same: no valid item. A colleague took "
    f"crm-leaf.cer out of it with Windows; that one, he says, would do. {NOT_EXPORTABLE}",
    task="Get “crm-contoso-com” into use with the CA's certificates, the chain included.",
    diagnoses=(
        Diagnosis(
            "The CA's file is empty or damaged.",
            "It can be read: it holds the certificate and the CAs above it.",
        ),
        Diagnosis(
            "The tool finds no BEGIN CERTIFICATE in a .p7b, and sends nothing to the vault.",
            "Azure CLI looks for such blocks only, and Azure PowerShell opens no .p7b since "
            "Az.KeyVault 12.1. The file is good; the list that reached the vault was empty.",
            right=True,
        ),
        Diagnosis(
            "Key Vault takes no PKCS #7 any more, so the CA has to sign again, as .cer.",
            "The certificates in it are what the vault wants, one by one. Nothing has to be "
            "signed again, and a .cer would come without the chain.",
        ),
    ),
    lesson="A .p7b is the best that a CA can send, as it has the chain. Take it apart, or let a "
    "tool do it that reads it.",
    tools=("MergePanel",),
    stage=_stage_p7b,
    judge=_judge_p7b,
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/100959",
        "https://github.com/MicrosoftDocs/azure-security-docs/pull/137",
        "https://github.com/Azure/azure-powershell/issues/25843",
    ),
)

VPN = plan("vpn-contoso-com", "vpn.contoso.com")

OFFER = """\
From: the CA's help desk
Subject: Re: cannot be merged

We can issue it once more for a fee of 180. To make it easier for you, we have made a key
for you this time: vpn-reissued.pfx, no password.
"""


def _stage_root_first(scene: Scene) -> None:
    """The file runs from the root down; the help desk sent a PFX with a key of its own."""
    sent = scene.vault.create(VPN)
    hand_over(scene, "vpn-contoso-com.pem", wrong(scene, sent, "reversed"), sent)
    scene.hand("vpn-reissued.pfx", wrong(scene, sent, "pfx-with-key"))
    scene.hand("mail-from-the-help-desk.txt", OFFER.encode())


def _judge_root_first(scene: Scene) -> Verdict:
    return judge_reply(scene, VPN.name, least=3)


ROOT_FIRST = Drill(
    code="root-first",
    title="Unable to parse X5c certificate chain and locate leaf certificate",
    story="A script sent vpn-contoso-com.pem to the vault as one piece, which found no leaf in "
    f"it. The CA's help desk offers another certificate. {NOT_EXPORTABLE}",
    task="Get “vpn-contoso-com” into use with the first file, and pay nobody.",
    diagnoses=(
        Diagnosis(
            "The certificate is faulty, so the CA has to issue another one.",
            "It is over the key of this request, and its signature is good. People have paid for "
            "a second one, and it failed in the same way.",
        ),
        Diagnosis(
            "The file begins with the root, and was sent as a whole instead of certificate by "
            "certificate.",
            "The certificate is good. Sent one by one, the leaf first, the vault takes it.",
            right=True,
        ),
        Diagnosis(
            "The private key is missing in the file; the PFX of the help desk has it.",
            "The key of this request is in the vault and belongs into no file. A key that a CA "
            "made and mailed is known to others.",
        ),
    ),
    lesson="The order of a file says nothing of the certificate in it. Do not pay twice, and use "
    "no key that came by mail.",
    tools=("MergePanel",),
    stage=_stage_root_first,
    judge=_judge_root_first,
    met_at=("https://github.com/Azure/azure-powershell/issues/24323",),
)

SHOP = plan("store-contoso-com", "store.contoso.com")


def _stage_bad_tag(scene: Scene) -> None:
    """Two downloads: the CA's sign-in page, and the certificates as text of Windows."""
    sent = scene.vault.create(SHOP)
    scene.hand("certnew.cer", wrong(scene, sent, "web-page"))
    hand_over(scene, "certnew-2.cer", wrong(scene, sent, "utf-16"), sent)


def _judge_bad_tag(scene: Scene) -> Verdict:
    return judge_reply(scene, SHOP.name, least=2)


BAD_TAG = Drill(
    code="bad-tag",
    title="ASN1 bad tag value met",
    story="You downloaded the certificate from the CA's web site twice: certnew.cer, and, as that "
    "could not be merged, certnew-2.cer, saved from an editor on Windows. With both, the script "
    f"says: ASN1 bad tag value met. {NOT_EXPORTABLE}",
    task="Get “store-contoso-com” into use with what is in one of the two files.",
    diagnoses=(
        Diagnosis(
            "The vault wants bytes of a certificate (DER). One file is text, the other no "
            "certificate at all.",
            "certnew.cer is the CA's sign-in page: the download was not signed in. certnew-2.cer "
            "holds the certificates as text, in two bytes a letter.",
            right=True,
        ),
        Diagnosis(
            "The CA used an algorithm that Key Vault does not know.",
            "It was never looked at: what was sent does not begin as a certificate does, and a "
            "“tag” is the first byte of each piece of one.",
        ),
        Diagnosis(
            "The vault refuses self-signed certificates.",
            "A merge asks for no trust at all: it looks for the key alone.",
        ),
    ),
    lesson="An ending such as .cer tells nothing. Look into the file: 0 and letters are DER, BEGIN "
    "CERTIFICATE is PEM, and <html> is a page that was saved.",
    tools=("MergePanel",),
    stage=_stage_bad_tag,
    judge=_judge_bad_tag,
    met_at=("https://github.com/Azure/azure-sdk-for-python/issues/2834",),
)

DRILLS = (NO_ITEM, ROOT_FIRST, BAD_TAG)
