"""Drills on open requests: one that stands in the way, one that seems not to be there, two people
at one request, and an answer that was lost.
"""

from __future__ import annotations

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.runbook.reading import request_of

OLD, NEW = "pay.contoso.com", "api.pay.contoso.com"
PAY = CertificatePlan(
    "pay-contoso-com", f"CN={OLD}", names=Names(dns=(OLD,)), key=KeyChoice.EC_P256
)
BILLING = CertificatePlan(
    "billing-contoso-com",
    "CN=billing.contoso.com",
    names=Names(dns=("billing.contoso.com",)),
    key=KeyChoice.EC_P256,
)
VPN = CertificatePlan(
    "vpn-contoso-com",
    "CN=vpn.contoso.com",
    names=Names(dns=("vpn.contoso.com",)),
    key=KeyChoice.EC_P256,
)
MAIL = tuple(
    CertificatePlan(
        f"{host}-contoso-com",
        f"CN={host}.contoso.com",
        names=Names(dns=(f"{host}.contoso.com",)),
        key=KeyChoice.EC_P256,
    )
    for host in ("imap", "smtp")
)


def _stage_open(scene: Scene) -> None:
    """A request for one name, which nobody sent to a CA."""
    scene.vault.create(PAY)


def _judge_open(scene: Scene) -> Verdict:
    request = request_of(scene.vault, PAY.name)
    if request is None or request.status in (Status.CANCELLED, Status.FAILED):
        return Verdict(False, f"The way is clear: now create “{PAY.name}” with both names.")
    if {OLD, NEW} <= issued.asked_names(request) and not request.cancellation_requested:
        return Verdict(True, f"The CSR of “{PAY.name}” asks for {OLD} and {NEW}.")
    if request.status is Status.COMPLETED:
        return Verdict(False, f"The certificate was made from the old CSR: it lacks {NEW}.")
    return Verdict(False, f"The request that is open asks for {OLD} alone.")


OPEN_REQUEST = Drill(
    code="open-request",
    title="A new key vault certificate can not be created or imported while a pending key vault "
    "certificate's status is inProgress.",
    story=f"Three weeks ago a script asked for “{PAY.name}” with the name {OLD}, and nobody took "
    f"the CSR to a CA. Today the site needs {NEW} in the same certificate. The script, run "
    "again with both names, ends with 409 Conflict and the text above.",
    task=f"Get a request “{PAY.name}” whose CSR asks for {OLD} and {NEW}.",
    diagnoses=(
        Diagnosis(
            "The vault is busy with another request of yours: run the script again later.",
            "A busy vault answers 429 or 503. This is 409: the request waits for its CA, for years "
            "if nobody merges, cancels or deletes it.",
        ),
        Diagnosis(
            "An open request holds the name, and its CSR can never get the second name.",
            "A name has one open request at a time, and a CSR is fixed when it is made. The old "
            "request has to go before the vault makes a CSR with both names.",
            right=True,
        ),
        Diagnosis(
            "All is well: the open request can be signed and merged, and the script has its "
            "certificate.",
            f"So some tools do: they take the CSR that is there. It asks for {OLD} alone, and a "
            f"certificate without {NEW} is what comes back.",
        ),
    ),
    lesson="On 409, look at what the open request asks for before you use its CSR. Cancelling "
    "takes some seconds; then the next request takes its place. Deleting is at once. The CA's "
    "reply to the old CSR is of no use afterwards, so ask first whether somebody waits for it.",
    tools=("OperationPanel", "RequestForm"),
    stage=_stage_open,
    judge=_judge_open,
    met_at=(
        "https://github.com/polymind-inc/acmebot/issues/69",
        "https://github.com/polymind-inc/acmebot/issues/590",
        "https://github.com/polymind-inc/acmebot/issues/705",
    ),
)


def _stage_none(scene: Scene) -> None:
    """The request was made; only the script that made it printed None."""
    csr = scene.vault.create(BILLING).csr
    assert csr is not None
    scene.note("key", csr.fingerprint)
    scene.hand("output.txt", b">>> print(poller.result())\nNone\n")


def _judge_none(scene: Scene) -> Verdict:
    found = issued.in_use(scene.vault, BILLING.name)
    if found is None:
        return Verdict(False, f"“{BILLING.name}” holds no certificate yet.")
    if issued.key(found) != scene.notes["key"]:
        return Verdict(
            False,
            "There is a certificate, but over another key than that of the script's request. That "
            "one was there and waited: stage it again, and finish it.",
        )
    return Verdict(True, f"The script's own request is completed: “{BILLING.name}” is in use.")


CREATED_NONE = Drill(
    code="created-none",
    title="begin_create_certificate(…).result() gives None",
    story=f"A colleague's Python script asked for “{BILLING.name}” with the issuer Unknown. It "
    "printed None, no error. He took it for a failure, left the rest to you, and is on the train.",
    task="Finish what the script has begun, without asking for anything twice.",
    diagnoses=(
        Diagnosis(
            "The vault refused the request, and None is how the SDK says so.",
            "A refusal raises an error that carries the vault's status and words. None is no "
            "answer of the vault.",
        ),
        Diagnosis(
            "Nothing was sent: with the issuer Unknown, the SDK has nobody to ask.",
            "The issuer goes into the policy as it is, and Unknown is one that every vault has: it "
            "stands for a CA that the vault does not know.",
        ),
        Diagnosis(
            "The request was made and waits with its CSR; there is no certificate to give back.",
            "With the issuer Unknown, a create ends when the CSR is there. Until 2025 the SDK gave "
            "back None then, where it gives the operation now.",
            right=True,
        ),
    ),
    lesson="The vault is the state, not what a script printed. Look the name up before you create "
    "it anew: its CSR can be fetched as often as you like.",
    tools=("CsrPanel", "SignPanel", "MergePanel"),
    stage=_stage_none,
    judge=_judge_none,
    met_at=("https://github.com/Azure/azure-sdk-for-python/pull/41879",),
)


def _stage_cancelled(scene: Scene) -> None:
    """The CA's reply is here; a colleague has just cancelled the request."""
    signed = issued.reply(scene, scene.vault.create(VPN))
    scene.hand(f"{VPN.name}.p7b", signed)
    scene.note(issued.NOTED, issued.thumbprint(signed))
    scene.vault.cancel(VPN.name)


def _judge_cancelled(scene: Scene) -> Verdict:
    return issued.judge_noted(
        scene,
        VPN.name,
        missing=f"The CA's certificate is not in “{VPN.name}” yet.",
        other="This is another certificate than the one that the CA had issued. Its key is gone: "
        "stage it again.",
        mended=f"The certificate that the CA had issued is in use as “{VPN.name}”.",
    )


CANCELLED_MEANWHILE = Drill(
    code="cancelled-meanwhile",
    title="The request is being cancelled, and the CA's reply is here",
    story=f"“{VPN.name}” has waited for two weeks. This morning the CA's reply came: "
    f"{VPN.name}.p7b, and the order is paid. At the same minute a colleague, who knew nothing of "
    "it, pressed Cancel. She is sorry, and offers to delete the request and to make a new one.",
    task="Get the certificate that the CA has issued into the vault.",
    diagnoses=(
        Diagnosis(
            "The reply fits no more: cancelling has destroyed the key.",
            "Cancelling keeps the key, with its CSR. Deleting the request destroys it, and so does "
            "the next request of that name.",
        ),
        Diagnosis(
            "Cancelling gives the request up but keeps its key: the reply can still be merged.",
            "It is a wish that takes some seconds to come true, and the vault takes the reply "
            "before and after. Only the colleague's offer would lose it.",
            right=True,
        ),
        Diagnosis(
            "The cancellation has to be taken back first.",
            "Nothing leads from cancelled to in progress: “Pending status must be in progress to "
            "allow update.” And nothing need be taken back.",
        ),
    ),
    lesson="Two people at one request: agree first, then act. Cancelling can be made good by the "
    "merge, deleting by nothing.",
    tools=("MergePanel", "OperationPanel"),
    stage=_stage_cancelled,
    judge=_judge_cancelled,
    met_at=(
        "https://github.com/Azure/azure-sdk-for-js/issues/35011",
        "https://github.com/Azure/azure-sdk-for-js/issues/24086",
        "https://github.com/Azure/azure-sdk-for-net/issues/21487",
    ),
)


def _stage_lost(scene: Scene) -> None:
    """Two merges without an answer: the vault did the first, and never heard of the second."""
    for plan in MAIL:
        signed = issued.reply(scene, scene.vault.create(plan))
        scene.hand(f"{plan.name}.p7b", signed)
        scene.note(plan.name, issued.thumbprint(signed))
    first = MAIL[0].name
    issued.merge(scene, first, scene.files[f"{first}.p7b"])
    lines = "".join(
        f"merge {plan.name}: Connection aborted, remote end closed connection without response\n"
        for plan in MAIL
    )
    scene.hand("output.txt", lines.encode())


def _judge_lost(scene: Scene) -> Verdict:
    for plan in MAIL:
        found = issued.in_use(scene.vault, plan.name)
        if found is None:
            return Verdict(False, f"“{plan.name}” still lacks the certificate of its reply.")
        if found.thumbprint != scene.notes[plan.name]:
            return Verdict(
                False,
                f"“{plan.name}” holds another certificate than that of its reply. Stage it again.",
            )
        if issued.is_open(scene.vault, plan.name):
            return Verdict(False, f"“{plan.name}” has a request that nobody needs: give it up.")
    return Verdict(True, "Both replies are merged, each once, and no request is open.")


LOST_ANSWER = Drill(
    code="lost-answer",
    title="Connection aborted: remote end closed connection without response",
    story="A script was to merge two replies at night: “imap-contoso-com” and "
    "“smtp-contoso-com”. Both times the line broke before the vault's answer came; output.txt has "
    "the end of it. Your colleague thinks that neither was merged, and would ask the CA for two "
    "new certificates.",
    task="Get both replies into use, as they are, with no request made anew.",
    diagnoses=(
        Diagnosis(
            "No answer, no merge: both have to be made again from the start.",
            "The line may break after the vault did the work. The script's words are the same.",
        ),
        Diagnosis(
            "What became of each merge, only the vault can tell: look at each, and merge what "
            "still waits.",
            "A line that breaks says nothing on which side of the work it broke. Here it was once "
            "after it and once before.",
            right=True,
        ),
        Diagnosis(
            "The vault answers late: both will be completed by themselves.",
            "The vault does not go on with what it never got. A request that waits for its merge "
            "waits until somebody merges.",
        ),
    ),
    lesson="After a lost answer, look before you act. Merging the same reply once more is "
    "harmless; deleting or making anew is not.",
    tools=("MergePanel", "HomeFinder"),
    stage=_stage_lost,
    judge=_judge_lost,
    met_at=("https://github.com/Azure/azure-cli/issues/28352",),
)

DRILLS = (OPEN_REQUEST, CREATED_NONE, CANCELLED_MEANWHILE, LOST_ANSWER)
