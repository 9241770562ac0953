"""Drills on the chain above a certificate."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.issued import in_use_by_a_ca, issue, leaf
from kvcsr_widgets.drills.looking import (
    NOT_EXPORTABLE,
    chain,
    hand_over,
    judge_reply,
    plan,
    signed,
    wrong,
)
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.links import is_issued_by
from kvcsr_widgets.pki.plan import ContentType

PORTAL = plan("portal-contoso-com", "portal.contoso.com")


def _stage_whole(scene: Scene) -> None:
    """The leaf came alone; the CAs above it are in a second file."""
    sent = scene.vault.create(PORTAL)
    certificate, *above = signed(scene, sent)
    hand_over(scene, "portal-contoso-com.cer", certificate.public_bytes(Encoding.DER), sent)
    scene.hand("ca-certificates.p7b", pkcs7.serialize_certificates(above, Encoding.DER))


def _judge_whole(scene: Scene) -> Verdict:
    return judge_reply(scene, PORTAL.name, least=2)


WHOLE = Drill(
    code="whole-chain",
    title="Is the whole chain merged?",
    story="The CA mailed portal-contoso-com.cer. Its web site has ca-certificates.p7b, “for those "
    f"who need it”. A gateway will send its clients what the vault has. {NOT_EXPORTABLE}",
    task="Merge so that the vault has the certificate and the CA above it.",
    diagnoses=(
        Diagnosis(
            "The vault fetches the CAs above a certificate by itself.",
            "It fetches nothing. Some browsers do; servers and most programs do not.",
        ),
        Diagnosis(
            "The vault keeps exactly what is merged: the leaf alone, if that is all.",
            "What is in the merge is in the secret, and a gateway sends no more than that. Both "
            "files have to go in together.",
            right=True,
        ),
        Diagnosis(
            "The chain can be added after the merge.",
            "A request can be merged once. To add a chain afterwards takes a new version, with a "
            "new CSR.",
        ),
    ),
    lesson="Look at the chain before the merge, and put every file of the CA in at once.",
    tools=("MergePanel",),
    stage=_stage_whole,
    judge=_judge_whole,
    faq=("whole-chain",),
    met_at=("https://github.com/MicrosoftDocs/azure-docs/issues/61282",),
)

GATEWAY = plan("gateway-contoso-com", "gateway.contoso.com")


def _stage_missing(scene: Scene) -> None:
    """The leaf was merged alone some time ago."""
    issue(scene, GATEWAY, "cer")


def _judge_missing(scene: Scene) -> Verdict:
    return _judge_newest(scene, GATEWAY.name)


def _judge_newest(scene: Scene, name: str) -> Verdict:
    """Whether the newest version has its issuer with it, and the leaf first."""
    found = in_use_by_a_ca(scene.vault, name)
    if found is None:
        return Verdict(False, f"No version of “{name}” that a CA signed is in use.")
    if scene.vault.policy(name).exportable:
        return Verdict(
            False, "The policy makes the key exportable now: start from the current policy."
        )
    held = chain(scene, name)
    if not any(is_issued_by(leaf(found), each) for each in held):
        return Verdict(False, f"The newest version of “{name}” lacks the CA that signed it.")
    if held[0] != leaf(found):
        return Verdict(False, f"What “{name}” gives out does not begin with its own certificate.")
    return Verdict(True, f"The newest version of “{name}” begins with its leaf, then its CA.")


MISSING = Drill(
    code="chain-missing",
    title="Verify return code: 21 (unable to verify the first certificate)",
    story="“gateway-contoso-com” was merged last week and is enabled. Browsers open the site, but "
    "curl, Java and a partner's machine refuse it: unable to get local issuer certificate. "
    f"{NOT_EXPORTABLE}",
    task="Get a version of “gateway-contoso-com” into use that has the CA above it.",
    diagnoses=(
        Diagnosis(
            "The partner has to trust our certificate by itself.",
            "Then every client of yours would have to, each year anew. They trust the root "
            "already; what they lack is the way to it.",
        ),
        Diagnosis(
            "The secret holds the leaf alone, so the gateway sends no intermediate.",
            "Browsers get over it, as they fetch or remember intermediates. Other programs do not.",
            right=True,
        ),
        Diagnosis(
            "Merge again, with the .p7b this time.",
            "The request is completed: it takes no second merge. A new version does.",
        ),
    ),
    lesson="A browser is no proof of a chain. Check with openssl s_client, and merge the .p7b.",
    tools=("RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_missing,
    judge=_judge_missing,
    faq=("whole-chain",),
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/52156",
        "https://github.com/polymind-inc/acmebot/issues/355",
    ),
)

API = plan("api-contoso-com", "api.contoso.com")


def _stage_impostor(scene: Scene) -> None:
    """The reply has a CA of the right name and another key; the right one is a file beside it."""
    sent = scene.vault.create(API)
    hand_over(scene, "api-contoso-com.pem", wrong(scene, sent, "impostor"), sent)
    issuing = signed(scene, sent)[1]
    scene.hand("issuing-ca.cer", issuing.public_bytes(Encoding.DER))


def _judge_impostor(scene: Scene) -> Verdict:
    found = judge_reply(scene, API.name, least=2)
    return _judge_newest(scene, API.name) if found.mended else found


IMPOSTOR = Drill(
    code="wrong-intermediate",
    title="certificate signature failure (openssl verify, error 7)",
    story="api-contoso-com.pem holds the certificate and “Practice Issuing CA”, its issuer. Even "
    "so, openssl verify says that the signature fails. The CA has published issuing-ca.cer "
    f"since. {NOT_EXPORTABLE}",
    task="Merge the certificate with the CA that did sign it.",
    diagnoses=(
        Diagnosis(
            "The certificate was changed on its way: have it signed again.",
            "Its signature is good, as the CA that made it shows. It only does not fit the CA "
            "that came along.",
        ),
        Diagnosis(
            "The CA in the file has the right name, but another key: it did not sign.",
            "CAs renew their keys and keep their names. The name of an issuer is a hint; the "
            "signature is the proof.",
            right=True,
        ),
        Diagnosis(
            "The vault will sort it out: merge the file as it is.",
            "It keeps what it gets, and does not verify the chain. Your clients will, and refuse "
            "it.",
        ),
    ),
    lesson="Hold the chain against its signatures before the merge, not only against its names.",
    tools=("MergePanel",),
    stage=_stage_impostor,
    judge=_judge_impostor,
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/35298",
        "https://github.com/MicrosoftDocs/azure-docs/issues/82154",
    ),
)

PROXY = replace(
    plan("proxy-contoso-com", "proxy.contoso.com"),
    content_type=ContentType.PEM,
    preserve_order=True,
)


def _stage_order(scene: Scene) -> None:
    """With preserve order, a script merged the leaf first: the vault shows the reverse."""
    sent = scene.vault.create(PROXY)
    scene.vault.merge(PROXY.name, signed(scene, sent))


def _judge_order(scene: Scene) -> Verdict:
    return _judge_newest(scene, PROXY.name)


ORDER = Drill(
    code="chain-order",
    title="KEY_VALUES_MISMATCH: the proxy does not start",
    story="“proxy-contoso-com” was requested as PEM with preserve order on. A script merged the "
    "chain, the leaf first. Envoy says KEY_VALUES_MISMATCH, nginx “key values mismatch”, though "
    f"certificate and key belong together. {NOT_EXPORTABLE}",
    task="Get a version of “proxy-contoso-com” into use whose PEM begins with the leaf.",
    diagnoses=(
        Diagnosis(
            "The vault mixed up two keys.",
            "It has compared the key at the merge. Proxies compare the key with the first "
            "certificate of the PEM.",
        ),
        Diagnosis(
            "The PEM begins with the root: with preserve order, the vault shows the reverse of "
            "what it was sent.",
            "So the first certificate is a CA's, and the key is not that CA's. With preserve "
            "order the root has to be sent first; without it the vault sorts by itself.",
            right=True,
        ),
        Diagnosis(
            "The proxy needs a PFX.",
            "Both read PEM. A PFX would only hide the order from them.",
        ),
    ),
    lesson="Leave preserve order off, or send the root first: this workbook does so for you.",
    tools=("RequestForm", "SignPanel", "MergePanel"),
    stage=_stage_order,
    judge=_judge_order,
    met_at=(
        "https://github.com/rmbolger/Posh-ACME/issues/683",
        "https://github.com/polymind-inc/acmebot/pull/1141",
        "https://github.com/Azure/notation-azure-kv/issues/136",
    ),
)

DRILLS = (WHOLE, MISSING, IMPOSTOR, ORDER)
