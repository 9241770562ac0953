"""Drills on the next version of a certificate: not by the CA, not announced, not to be loaded."""

from __future__ import annotations

import json
from dataclasses import replace

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    SELF,
    Action,
    CertificatePlan,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.pki.policy_json import for_rest

INTRANET = CertificatePlan(
    "intranet-contoso-com",
    "CN=intranet.contoso.com, O=Contoso",
    names=Names(dns=("intranet.contoso.com", "wiki.contoso.com")),
    key=KeyChoice.EC_P256,
)
STATUS = CertificatePlan(
    "status-contoso-com",
    "CN=status.contoso.com",
    names=Names(dns=("status.contoso.com",)),
    key=KeyChoice.EC_P256,
    lifetime_action=LifetimeAction(Action.RENEW, percentage=80),
)
GATEWAY = CertificatePlan(
    "gateway-contoso-com",
    "CN=gateway.contoso.com",
    names=Names(dns=("gateway.contoso.com",)),
    key=KeyChoice.EC_P256,
    exportable=False,
)


def _stage_self(scene: Scene) -> None:
    """A new version by a sample whose issuer is Self and whose policy is not the old one."""
    issued.issue(scene, INTRANET)
    scene.hand("policy-before.json", json.dumps(for_rest(INTRANET), indent=2).encode())
    sample = replace(INTRANET, subject="CN=intranet.contoso.com", names=Names(), issuer=SELF)
    scene.vault.create(sample)


def _judge_self(scene: Scene) -> Verdict:
    found = issued.in_use(scene.vault, INTRANET.name)
    if found is None or issued.is_self_signed(found):
        return Verdict(False, "The version in use still signs itself.")
    missing = set(INTRANET.names.dns) - issued.names(found)
    if missing:
        return Verdict(False, f"The new version lacks {', '.join(sorted(missing))}.")
    return Verdict(True, "The version in use is signed by the CA and has both names.")


SELF_SIGNED_RENEWAL = Drill(
    code="self-signed-renewal",
    title="Since the renewal, browsers say that the certificate is self-signed",
    story=f"“{INTRANET.name}” was due. A colleague followed a documented sample for a new version: "
    "a default policy, and the issuer Self. It was ready within seconds, without any CSR, and he "
    "was pleased. Now no browser trusts the site, and wiki.contoso.com has no name at all. The "
    "policy of before is in policy-before.json.",
    task="Put a version into use that the CA has signed, with both names of before.",
    diagnoses=(
        Diagnosis(
            "The new version was made with the issuer Self, so the vault signed it with its own "
            "key.",
            "Self asks nobody and is done at once. A sample's policy also brings its own subject "
            "and names, and takes the place of the one that was there.",
            right=True,
        ),
        Diagnosis(
            "The CA has signed it, but the chain was not merged.",
            "No CA has seen a CSR: issuer and subject of the certificate are the same. There is no "
            "chain that could be missing.",
        ),
        Diagnosis(
            "The browsers have to be told to trust the certificate.",
            "Then each of them would trust this one key, until the next renewal, and nobody could "
            "revoke it. The site needs a certificate of the CA.",
        ),
    ),
    lesson="A renewal begins with the certificate's own policy and not with a sample. If no CSR "
    "comes of it, look at the issuer before you are pleased.",
    tools=("RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_self,
    judge=_judge_self,
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/82602",
        "https://github.com/MicrosoftDocs/azure-docs/issues/83246",
        "https://github.com/MicrosoftDocs/azure-docs/issues/107853",
    ),
)


def _stage_expired(scene: Scene) -> None:
    """The certificate ended today; its policy would renew, and there are no contacts."""
    issued.issue(scene, STATUS, days=0)


def _judge_expired(scene: Scene) -> Verdict:
    found = issued.in_use(scene.vault, STATUS.name)
    if found is None:
        return Verdict(False, f"“{STATUS.name}” is not in use any more.")
    action = scene.vault.policy(STATUS.name).lifetime_action
    if not scene.vault.contacts.all():
        return Verdict(False, "The vault mails nobody: it has no contacts.")
    if action is None or action.action is not Action.EMAIL:
        return Verdict(False, f"The policy of “{STATUS.name}” does not say that anybody is mailed.")
    if found.expires is None or found.expires.timestamp() <= scene.clock():
        return Verdict(False, "The version in use has expired still.")
    if issued.is_self_signed(found):
        return Verdict(False, "The version in use signs itself: no browser trusts it.")
    return Verdict(True, f"The new version is in use, and the vault will {action.in_words}.")


NOBODY_TOLD = Drill(
    code="nobody-told",
    title="The certificate has expired, and nobody was told",
    story=f"The status page is down: “{STATUS.name}” has expired today. “But it renews itself at "
    "80 %,” says the team, “that stands in its policy.” The policy's issuer is Unknown. Nobody got "
    "a mail, either.",
    task="Put a new version into use, of which people are mailed before it expires.",
    diagnoses=(
        Diagnosis(
            "The mail was sent and is in somebody's spam folder.",
            "The vault had nobody to send it to: it has no contacts, and the policy asks for no "
            "mail.",
        ),
        Diagnosis(
            "The vault cannot renew with the issuer Unknown, the policy asks for no mail, and "
            "there are no contacts.",
            "AutoRenew needs a CA of which the vault can order by itself. For any other, the "
            "lifetime action has to be EmailContacts, and the vault needs contacts.",
            right=True,
        ),
        Diagnosis(
            "80 % was too late: the renewal was still under way.",
            "Nothing was under way: no request is open. With the issuer Unknown, none is ever "
            "begun by the vault.",
        ),
    ),
    lesson="Two things are needed for a mail: the policy's lifetime action, which says when, and "
    "the vault's contacts, who get it. The contacts are those of the whole vault, not of one "
    "certificate: name a team's address.",
    tools=("ContactsPanel", "RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_expired,
    judge=_judge_expired,
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/89916",
        "https://github.com/MicrosoftDocs/azure-docs/issues/89171",
        "https://github.com/MicrosoftDocs/azure-docs/issues/73052",
    ),
)


def _stage_locked(scene: Scene) -> None:
    """The key of the version in use cannot leave the vault."""
    scene.note("key", issued.key(issued.issue(scene, GATEWAY)))


def _judge_locked(scene: Scene) -> Verdict:
    found = issued.in_use(scene.vault, GATEWAY.name)
    if found is None:
        return Verdict(False, f"“{GATEWAY.name}” is not in use any more.")
    if issued.key(found) == scene.notes["key"]:
        return Verdict(False, "The version in use has the key that must not leave the vault.")
    if not scene.vault.policy(GATEWAY.name).exportable:
        return Verdict(False, "The policy still says that the key must not leave the vault.")
    if issued.is_open(scene.vault, GATEWAY.name):
        return Verdict(False, "A request is open that the gateway does not need.")
    if issued.is_self_signed(found) or not set(GATEWAY.names.dns) <= issued.names(found):
        return Verdict(False, "The new version is not signed by the CA for gateway.contoso.com.")
    return Verdict(True, "The version in use has a key of its own that the gateway can load.")


NOT_EXPORTABLE = Drill(
    code="not-exportable",
    title="The gateway cannot load the certificate: its secret holds no private key",
    story=f"“{GATEWAY.name}” is in the vault, enabled, signed, with its chain. The gateway may "
    "read secrets, and reads it, but finds certificates only. It terminates TLS and needs the key.",
    task="Put a version into use whose key the gateway can read, for the same name and by the CA.",
    diagnoses=(
        Diagnosis(
            "The gateway lacks a permission on the vault.",
            "It got the secret. A missing permission is answered with 403, not with half of it.",
        ),
        Diagnosis(
            "The key was made as not exportable, so no secret of the vault holds it.",
            "Exportable is said when a key is made and stays with it. Only a new version with an "
            "exportable policy, and so with a new key, helps.",
            right=True,
        ),
        Diagnosis(
            "The CA's reply came without the private key.",
            "No CA has ever had it. The vault made it, and joined it with the reply at the merge.",
        ),
    ),
    lesson="Ask who will use the certificate before the key is made. Who loads it as a secret "
    "needs an exportable key; who signs through the vault does not, and is safer without.",
    tools=("RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_locked,
    judge=_judge_locked,
    met_at=("https://github.com/MicrosoftDocs/azure-docs/issues/77082",),
)

DRILLS = (SELF_SIGNED_RENEWAL, NOBODY_TOLD, NOT_EXPORTABLE)
