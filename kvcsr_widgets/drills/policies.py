"""Drills on what a request asks for: its name, its policy, its names, its issuer."""

from __future__ import annotations

import json
from dataclasses import replace

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.differences import differences
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import (
    SERVER_AUTH,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.pki.policy_json import Json, for_cli, for_rest
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.issuers import DIGICERT, Issuer

POLICY = "policy.json"
"""What the files that hold one are called."""

HOST = "www.contoso.com"
WWW = CertificatePlan("www.contoso.com", f"CN={HOST}", names=Names(dns=(HOST,)))
ADDRESS = "10.20.0.4"
FILES = CertificatePlan(
    "files-contoso-com",
    "CN=files.contoso.com",
    names=Names(dns=("files.contoso.com",), ips=(ADDRESS,)),
    key=KeyChoice.EC_P256,
)
MX = CertificatePlan(
    "mx-contoso-com",
    "CN=mx.contoso.com, O=Contoso",
    names=Names(dns=("mx.contoso.com", "mx2.contoso.com")),
    key=KeyChoice.EC_P384,
    content_type=ContentType.PEM,
    validity_months=6,
    key_usage=("digitalSignature",),
    ekus=(SERVER_AUTH,),
    lifetime_action=LifetimeAction(Action.EMAIL, days_before_expiry=45),
)
ISSUER = "DigiCertCA"
ORDERS = CertificatePlan(
    "orders-contoso-com",
    "CN=orders.contoso.com",
    names=Names(dns=("orders.contoso.com",)),
    key=KeyChoice.EC_P256,
    issuer=ISSUER,
)
REVOKED = "revoked"
"""An API key of fewer than eight characters, which the practice CA does not accept."""


def _stage_dotted(scene: Scene) -> None:
    """The policy is fine; the name in the URI was not."""
    _hand(scene, for_rest(WWW))
    scene.hand(
        "answer.txt",
        f"POST /certificates/{WWW.name}/create\n\n400 BadParameter\n"
        f"The request URI contains an invalid name: {WWW.name}\n".encode(),
    )


def _judge_dotted(scene: Scene) -> Verdict:
    listed = list(scene.vault.certificates())
    for each in listed:
        request = request_of(scene.vault, each.name)
        if request is not None and HOST in issued.asked_names(request):
            return Verdict(True, f"“{each.name}” asks for a certificate of {HOST}.")
    if listed:
        return Verdict(
            False, f"No CSR has the name {HOST}: it is the vault's own name that takes no dots."
        )
    return Verdict(False, "The vault has no request yet.")


DOTTED_NAME = Drill(
    code="dotted-name",
    title=f"The request URI contains an invalid name: {WWW.name}",
    story=f"A pipeline creates a request for the host {HOST} and calls it what it is for. It sends "
    f"{POLICY}, and the vault answers as in answer.txt.",
    task=f"Get a request into the vault that asks for a certificate of the host {HOST}.",
    diagnoses=(
        Diagnosis(
            "The dots have to be written as %2E in the URI.",
            "A dot may stand in a URI as it is. The vault refuses the dot itself, however it is "
            "written.",
        ),
        Diagnosis(
            "Key Vault makes no certificates for host names with dots.",
            "It does, all day long: the host stands in the policy, which nobody complains of here.",
        ),
        Diagnosis(
            "The certificate's name in the vault takes letters, digits and hyphens only; the host "
            "belongs into the policy.",
            "They are two names. The one in the vault is for you and your scripts; what clients "
            "check is the subject alternative name.",
            right=True,
        ),
    ),
    lesson="Write hyphens in the vault's name and nowhere else: www-contoso-com holds the "
    "certificate of www.contoso.com.",
    tools=("RequestForm",),
    stage=_stage_dotted,
    judge=_judge_dotted,
    met_at=("https://github.com/az-acme/az-acme-cli/issues/14",),
)


def _stage_dropped(scene: Scene) -> None:
    """Azure CLI reads no IP addresses, so the request that it made has none."""
    scene.vault.create(replace(FILES, names=replace(FILES.names, ips=())))
    _hand(scene, for_cli(FILES))


def _judge_dropped(scene: Scene) -> Verdict:
    request = request_of(scene.vault, FILES.name)
    if request is None or request.status in (Status.CANCELLED, Status.FAILED):
        return Verdict(False, f"Now create “{FILES.name}” with all that {POLICY} asks for.")
    missing = {*FILES.names.dns, *FILES.names.ips} - issued.asked_names(request)
    if missing:
        return Verdict(False, f"The CSR lacks {', '.join(sorted(missing))}.")
    return Verdict(True, f"The CSR of “{FILES.name}” asks for the host name and the address.")


DROPPED_NAMES = Drill(
    code="dropped-names",
    title="The CSR lacks a name that policy.json asks for",
    story=f"“{FILES.name}” was made with az keyvault certificate create --policy @{POLICY}. The "
    "command ended well. The CA's clerk asks on the phone: “You told us of a host name and an IP "
    "address, but I see only one name?”",
    task=f"Get an open request “{FILES.name}” whose CSR asks for every name of {POLICY}.",
    diagnoses=(
        Diagnosis(
            "The CA's form drops IP addresses.",
            "Look at the CSR in the vault: it holds no address. The CA cannot drop what it never "
            "got.",
        ),
        Diagnosis(
            "az read the policy and left out, without a word, what it does not know.",
            "Its reader of policies knows e-mail addresses, DNS names and UPNs. IP addresses and "
            "URIs stand in the file, and go nowhere.",
            right=True,
        ),
        Diagnosis(
            "The vault cannot put an IP address into a CSR.",
            "It can, since its interface of 2025-07-01, if the request says so. This one did not.",
        ),
    ),
    lesson="That a command ended well does not say that the CSR asks for everything. Hold the CSR "
    "against what you wanted before it leaves; afterwards only a new CSR helps.",
    tools=("CsrPanel", "OperationPanel", "RequestForm"),
    stage=_stage_dropped,
    judge=_judge_dropped,
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/114881",
        "https://github.com/Azure/azure-powershell/issues/11203",
        "https://github.com/Azure/azure-rest-api-specs/pull/35534",
    ),
)


def _stage_shape(scene: Scene) -> None:
    """The policy is in the shape of Azure CLI, and was sent to the REST interface."""
    _hand(scene, for_cli(MX))
    scene.hand(
        "answer.txt",
        f"POST /certificates/{MX.name}/create\n\n400 BadParameter\n"
        "Property policy has invalid value\n".encode(),
    )


def _judge_shape(scene: Scene) -> Verdict:
    request = request_of(scene.vault, MX.name)
    if request is None or request.status is Status.CANCELLED:
        return Verdict(False, f"There is no request “{MX.name}” yet.")
    found = differences(MX, scene.vault.policy(MX.name))
    if found:
        labels = ", ".join(each.label for each in found)
        return Verdict(False, f"The request asks for something else than {POLICY}: {labels}.")
    return Verdict(True, f"“{MX.name}” asks for all that {POLICY} says.")


POLICY_SHAPE = Drill(
    code="policy-shape",
    title="Property policy has invalid value",
    story=f"A colleague tried {POLICY} with Azure CLI last year. Now a pipeline sends the same "
    "file over the REST interface, and the vault answers as in answer.txt. It names nothing.",
    task=f"Get a request “{MX.name}” that asks for all that {POLICY} says.",
    diagnoses=(
        Diagnosis(
            "The file is no good JSON: a comma or a bracket is wrong.",
            "It is good JSON. What the vault cannot read is told otherwise, before any property.",
        ),
        Diagnosis(
            "A value is not allowed: the key or the lifetime action.",
            "The values are fine. The vault did not get as far as to them.",
        ),
        Diagnosis(
            "The file has the members of Azure CLI; the REST interface calls them otherwise.",
            "keyProperties there is key_props here, validityInMonths is validity_months, and so "
            "on. The vault refuses members that it does not know, and does not name them.",
            right=True,
        ),
    ),
    lesson="REST, Azure CLI and the portal each write a policy in their own way. Load the file in "
    "the form, which reads all of them and can write each: retyping loses what you overlook.",
    tools=("RequestForm",),
    stage=_stage_shape,
    judge=_judge_shape,
    met_at=(
        "https://github.com/Azure/azure-cli/issues/27220",
        "https://github.com/Azure/azure-cli/issues/9423",
        "https://github.com/Azure/azure-sdk-for-python/issues/35926",
    ),
)


def _stage_rejected(scene: Scene) -> None:
    """The vault's account with the CA has an API key that is good no more."""
    account = Issuer(ISSUER, DIGICERT, account_id="1440061", organization_id="1440062")
    scene.vault.issuers.add(account, REVOKED)
    scene.vault.create(ORDERS)


def _judge_rejected(scene: Scene) -> Verdict:
    found = issued.in_use(scene.vault, ORDERS.name)
    if found is None:
        return Verdict(False, f"“{ORDERS.name}” holds no certificate yet.")
    if issued.is_self_signed(found):
        return Verdict(False, "The certificate signs itself: no client of the shop trusts it.")
    if not set(ORDERS.names.dns) <= issued.names(found):
        return Verdict(False, "The certificate lacks the name orders.contoso.com.")
    return Verdict(True, f"“{ORDERS.name}” holds a certificate that a CA has signed.")


ISSUER_REJECTS = Drill(
    code="issuer-rejects",
    title="Request rejected: access_denied_invalid_key",
    story=f"“{ORDERS.name}” is ordered by the vault itself, over its issuer {ISSUER}. The portal "
    "shows the certificate as disabled and asks to perform a merge, but there is no reply to "
    "merge. Last week somebody renewed all API keys at the CA. (Here, any API key of at least "
    "eight characters is a good one.)",
    task=f"Get an enabled certificate “{ORDERS.name}” that a CA has signed.",
    diagnoses=(
        Diagnosis(
            "The order failed: the CA does not accept the API key that the vault has.",
            "The request is failed, and gives the CA's own words as the reason. Where the vault "
            "orders by itself, nothing is merged: mend the account and order again.",
            right=True,
        ),
        Diagnosis(
            "Somebody has forgotten to merge the reply.",
            "The portal says so of every certificate that is not there yet. With an issuer of the "
            "vault's, no reply goes through your hands.",
        ),
        Diagnosis(
            "The certificate was disabled by hand: enable it.",
            "There is nothing to enable: what is listed is the placeholder of a request that "
            "failed.",
        ),
    ),
    lesson="Disabled is where to begin to read, not the reason: the request says it. A failed one "
    "does not go on by itself; start it again once its cause is mended, or choose the issuer "
    "Unknown and have the CSR signed elsewhere.",
    tools=("TroublePanel", "IssuersPanel", "OperationPanel"),
    stage=_stage_rejected,
    judge=_judge_rejected,
    faq=("disabled",),
    met_at=(
        "https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios",
    ),
)


def _hand(scene: Scene, policy: Json) -> None:
    scene.hand(POLICY, json.dumps(policy, indent=2).encode())


DRILLS = (DOTTED_NAME, DROPPED_NAMES, POLICY_SHAPE, ISSUER_REJECTS)
